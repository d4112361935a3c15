import { decodeJwt } from "jose";
import { NextRequest } from "next/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newAdmin, adminSessions } from "./admin-session";
import { askDirectory, askRoom, changeRoom } from "./admin-rooms";
import { roomServerUrl } from "./room-server";

const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  // No sign-in has ended. The tests answer other requests.
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) =>
    url.includes("/ended-sign-ins?") ? Response.json({ ended: [] }) : await fetched(url, init),
  );
  vi.stubEnv("ROLLCALL_PARTY_PORT", "4999");
  for (const name of ["SESSION_SECRET", "ADMIN_PASSWORD", "API_KEY", "TOKEN_SECRET"])
    vi.stubEnv(`ROLLCALL_${name}`, `${name} of thirty-two characters and more`);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  fetched.mockReset();
});

interface RequestOptions {
  readonly method?: string;
  readonly headers?: object;
  readonly admin?: boolean;
  readonly rooms?: readonly string[];
}

async function request(path: string, init: RequestOptions = {}) {
  const { admin = true, method = "GET", headers = {}, rooms = ["*"] } = init;
  const sealed = await adminSessions.seal(newAdmin(rooms, Date.now() + 3_600_000));
  const cookie = admin ? { cookie: `rollcall_admin=${sealed}` } : {};
  return new NextRequest(`http://localhost:3000/api/admin/rooms${path}`, {
    method,
    headers: { ...cookie, ...headers },
  });
}

test("[SE5] a user who is not signed in as admin gets 401, and the room server gets no request", async () => {
  for (const route of [askRoom, changeRoom, askDirectory]) {
    const answer = await route(await request("/lobby/stats", { admin: false }));
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  }
  expect(fetched).not.toHaveBeenCalled();
});

test("[SE5] a request from another site's page changes nothing", async () => {
  const answer = await changeRoom(
    await request("/lobby/users/ada", { method: "DELETE", headers: { "sec-fetch-site": "cross-site" } }),
  );
  expect(answer.status).toBe(403);
  expect(fetched).not.toHaveBeenCalled();
});

/** The claims of the token in the last request to the room server. */
function bearerClaims() {
  const headers = fetched.mock.lastCall?.[1].headers as Record<string, string>;
  return decodeJwt((headers["Authorization"] ?? "").replace("Bearer ", ""));
}

test("[SE5] a room gets a token for this room only, and ids of any characters", async () => {
  fetched.mockImplementation(async () => Response.json({ now: 1 }));
  const answer = await askRoom(await request("/lobby/users/a%2Fb%20%C3%A9/history?from=5"));
  expect(await answer.json()).toEqual({ now: 1 });
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const [url] = fetched.mock.calls[0] ?? [];
  expect(url).toBe("http://127.0.0.1:4999/parties/main/lobby/users/a%2Fb%20%C3%A9/history?from=5");
  expect(bearerClaims()).toMatchObject({ rooms: ["lobby"], role: "admin" });
});

test("[SE5] an admin of some rooms gets responses about these, and no other room gets a request", async () => {
  fetched.mockImplementation(async () => Response.json({ now: 1 }));
  const rooms = ["team-a", "team-b"];
  for (const path of ["/team-a/users?q=x", "/team-b/stats", "/team-a/history"])
    expect((await askRoom(await request(path, { rooms }))).status).toBe(200);
  expect(fetched).toHaveBeenCalledTimes(3);
  expect(bearerClaims()).toMatchObject({ rooms: ["team-a"], role: "admin" });
  for (const path of [
    "/team-c/users",
    "/lobby/stats",
    "/team-a/../team-c/users",
    "/team-a/%2e%2e/team-c/users",
  ]) {
    expect((await askRoom(await request(path, { rooms }))).status).toBe(403);
    expect((await changeRoom(await request(path, { rooms, method: "DELETE" }))).status).toBe(403);
  }
  expect(fetched).toHaveBeenCalledTimes(3);
});

test("[SE5] the directory is asked only for the admin's rooms, with any query", async () => {
  fetched.mockImplementation(async () => Response.json({ now: 1 }));
  const asked = async (query: string, rooms: readonly string[]) => {
    await askDirectory(await request(query, { rooms }));
    return new URL(fetched.mock.lastCall?.[0] ?? "").search;
  };
  expect(await asked("?q=te&limit=50", ["*"])).toBe("?q=te&limit=50");
  expect(await asked("?q=te&rooms=team-c", ["team-a", "team-b"])).toBe("?q=te&rooms=team-a%2Cteam-b");
  expect(await asked("?rooms=team-c&rooms=team-d", ["team-a"])).toBe("?rooms=team-a");
});

test("an invalid room name is not found", async () => {
  expect((await askRoom(await request("/not%20a%20room/stats"))).status).toBe(404);
  expect(fetched).not.toHaveBeenCalled();
});

test("the room's problem documents are passed on", async () => {
  const problem = { status: 404, title: "Not found", detail: "this room knows no user of this id" };
  fetched.mockResolvedValue(
    new Response(JSON.stringify(problem), {
      status: 404,
      headers: { "content-type": "application/problem+json" },
    }),
  );
  const answer = await askRoom(await request("/lobby/users/nobody"));
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual(problem);
});

test.each([
  ["cannot be reached", () => Promise.reject(new TypeError("fetch failed")), /cannot be reached/],
  ["does not know the key", async () => Response.json({}, { status: 403 }), /ROLLCALL_API_KEY/],
  ["answers with a page", async () => new Response("<p>", { status: 500 }), /makes no sense/],
])("a room server that %s causes a 502 with the reason", async (_, answers, detail) => {
  vi.spyOn(console, "error").mockReturnValue();
  fetched.mockImplementation(answers);
  const answer = await askDirectory(await request(""));
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({ status: 502, detail: expect.stringMatching(detail) });
});

test.each([
  [{}, "http://127.0.0.1:1999"],
  [{ ROLLCALL_HOST: "0.0.0.0", ROLLCALL_PARTY_PORT: "5" }, "http://127.0.0.1:5"],
  [{ ROLLCALL_HOST: "::" }, "http://[::1]:1999"],
  [{ ROLLCALL_PARTY_URL: "https://presence.example.com/" }, "https://presence.example.com"],
  [{ ROLLCALL_PARTY_URL: "presence.example.com" }, "https://presence.example.com"],
  [{ ROLLCALL_PARTY_URL: "wss://presence.example.com" }, "https://presence.example.com"],
  [{ ROLLCALL_PARTY_URL: "localhost:7" }, "http://localhost:7"],
])("with %o the room server is at %s", (env, url) => {
  expect(roomServerUrl(env as NodeJS.ProcessEnv)).toBe(url);
});
