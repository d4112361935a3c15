import { decodeJwt } from "jose";
import { NextRequest } from "next/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GET as whoArrives, DELETE as signOut, POST as signIn } from "../api/session/route";
import { POST as token } from "../api/token/route";
import { openAdmin } from "./admin-session";
import { openSession } from "./user-session";

const ADA = {
  id: "user_1",
  name: "Ada",
  picture: "https://example.com/a.png",
  rooms: ["design", "team"],
  role: "member",
};

const roomServer = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.stubEnv("ROLLCALL_SESSION_SECRET", "s".repeat(40));
  vi.stubEnv("ROLLCALL_TOKEN_SECRET", "t".repeat(40));
  vi.stubEnv("ROLLCALL_ADMIN_PASSWORD", "correct horse battery");
  vi.stubEnv("ROLLCALL_JWKS_URL", "https://id.example.com/keys");
  vi.stubGlobal("fetch", roomServer);
  roomServer.mockImplementation(async () => Response.json({ ...ADA, sessionId: "sess_1", expiresAt: 1 }));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

function request(headers: Record<string, string>, body?: object, method = "POST"): NextRequest {
  return new NextRequest("http://rollcall.test/", {
    method,
    headers: { ...headers, ...(body && { "Content-Type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
}

const arrive = (headers: Record<string, string> = {}) =>
  signIn(request({ authorization: "Bearer the-token", ...headers }));

/** The cookies as a browser sends them back. */
const cookiesOf = (response: Response) =>
  new Map(
    response.headers.getSetCookie().map((line) => {
      const [name = "", value = ""] = (line.split(";", 1)[0] ?? "").split("=");
      return [name, value] as const;
    }),
  );
const detailOf = async (response: Response) => ((await response.json()) as { detail: string }).detail;

test("[SE1] a provider's token opens a session of whom the room server says that it names", async () => {
  const answer = await arrive();
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ user: { id: "user_1", name: "Ada" }, home: "/rooms/design" });
  expect(roomServer).toHaveBeenCalledExactlyOnceWith(
    "http://127.0.0.1:1999/identity",
    expect.objectContaining({ headers: { Authorization: "Bearer the-token" } }),
  );
  const session = cookiesOf(answer).get("rollcall_session");
  expect(await openSession(session)).toMatchObject({
    userId: "user_1",
    name: "Ada",
    rooms: ["design", "team"],
  });
  expect(answer.headers.getSetCookie().join()).not.toContain("the-token");
});

test("[SE1] the session opens the token's rooms, as a member, and no other", async () => {
  const cookie = `rollcall_session=${cookiesOf(await arrive()).get("rollcall_session")}`;
  const opened = await token(request({ cookie }, { room: "team" }));
  expect(decodeJwt((await opened.json()).token)).toMatchObject({
    sub: "user_1",
    name: "Ada",
    picture: "https://example.com/a.png",
    rooms: ["team"],
    role: "member",
  });
  const closed = await token(request({ cookie }, { room: "board" }));
  expect([closed.status, await detailOf(closed)]).toEqual([403, "Your sign-in does not open this room."]);
});

test("[SE5] only a token with an admin's role makes an admin, and another one ends what was before", async () => {
  expect(cookiesOf(await arrive()).get("rollcall_admin")).toBe("");
  roomServer.mockImplementation(async () => Response.json({ ...ADA, role: "admin" }));
  expect(await openAdmin(cookiesOf(await arrive()).get("rollcall_admin"))).not.toBeNull();
});

test("[GR2] each arrival is a sign-in of its own, and signing out takes the admin's with it", async () => {
  const cookies = [cookiesOf(await arrive()), cookiesOf(await arrive())].map((each) =>
    each.get("rollcall_session"),
  );
  const [one, two] = await Promise.all(cookies.map((each) => openSession(each)));
  expect(one?.sessionId).not.toBe(two?.sessionId);
  const out = await signOut(request({ cookie: `rollcall_session=${cookies[0]}` }, undefined, "DELETE"));
  expect([...cookiesOf(out)]).toEqual([
    ["rollcall_session", ""],
    ["rollcall_admin", ""],
  ]);
});

/** What is told of a token to whoever carries these cookies. */
async function told(cookie = ""): Promise<object> {
  const answer = await whoArrives(
    request({ authorization: "Bearer the-token", ...(cookie && { cookie }) }, undefined, "GET"),
  );
  expect([answer.status, cookiesOf(answer).size, answer.headers.get("cache-control")]).toEqual([
    200,
    0,
    "no-store",
  ]);
  return (await answer.json()) as object;
}

test("[SE5] whom a token names is told without signing anybody in", async () => {
  const { id, name, picture } = ADA;
  const arriving = { id, name, picture, isAdmin: false };
  expect(await told()).toEqual({ arriving, current: null, isAdmin: false });
  roomServer.mockImplementation(async () => Response.json({ ...ADA, role: "admin" }));
  expect(await told()).toMatchObject({ arriving: { isAdmin: true }, isAdmin: false });
  const anonymous = await whoArrives(request({}, undefined, "GET"));
  expect([anonymous.status, cookiesOf(anonymous).size]).toEqual([401, 0]);
});

test("[SE5] who is signed in now is told beside it, and is the same by a provider's word alone", async () => {
  roomServer.mockImplementation(async () => Response.json({ ...ADA, role: "admin" }));
  const cookies = [...cookiesOf(await arrive())].map((pair) => pair.join("=")).join("; ");
  expect(await told(cookies)).toMatchObject({
    current: { id: "user_1", name: "Ada", home: "/rooms/design", isSame: true },
    isAdmin: true,
  });
  roomServer.mockImplementation(async () => Response.json({ ...ADA, id: "user_2", name: "Ben" }));
  expect(await told(cookies)).toMatchObject({ arriving: { name: "Ben" }, current: { isSame: false } });
  vi.stubEnv("ROLLCALL_GUESTS", "on");
  const guest = cookiesOf(await signIn(request({}, { name: "Eve" }))).get("rollcall_session");
  const id = (await openSession(guest))?.userId;
  roomServer.mockImplementation(async () => Response.json({ ...ADA, id }));
  expect(await told(`rollcall_session=${guest}`)).toMatchObject({
    arriving: { id },
    current: { id, name: "Eve", home: "/", isSame: false },
  });
});

test.each([
  [401, "the token has expired", 401, "the token has expired"],
  [503, "the identity provider's keys cannot be had at the moment", 503, /keys/],
  [500, "who knows", 502, /makes no sense/],
] as const)("[SE1] a room server that answers %i signs nobody in", async (status, detail, told, words) => {
  roomServer.mockImplementation(async () => Response.json({ detail }, { status }));
  const answer = await arrive();
  expect(answer.status).toBe(told);
  expect(await detailOf(answer)).toMatch(words);
  expect(cookiesOf(answer).size).toBe(0);
});

test("[SE1] an answer that names nobody signs nobody in", async () => {
  roomServer.mockImplementation(async () => Response.json({ status: "ok" }));
  expect((await arrive()).status).toBe(502);
});

test("[SE1] without a provider no token signs anybody in, and the sessions that one made have ended", async () => {
  const session = cookiesOf(await arrive()).get("rollcall_session");
  vi.stubEnv("ROLLCALL_JWKS_URL", "");
  expect(await openSession(session)).toBeNull();
  const answer = await arrive();
  expect([answer.status, await detailOf(answer)]).toEqual([
    403,
    expect.stringContaining("no identity provider"),
  ]);
});

test("[SE5] where there is a provider guests are off unless they are asked for, and those from before are out", async () => {
  vi.stubEnv("ROLLCALL_GUESTS", "on");
  const guest = cookiesOf(await signIn(request({}, { name: "Eve" }))).get("rollcall_session");
  expect(await openSession(guest)).toMatchObject({ name: "Eve", rooms: null });
  vi.stubEnv("ROLLCALL_GUESTS", "");
  expect(await openSession(guest)).toBeNull();
  const refused = await signIn(request({}, { name: "Eve" }));
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  expect([refused.status, await detailOf(refused)]).toEqual([
    403,
    expect.stringContaining("takes no guests"),
  ]);
  expect((await token(request({ cookie: `rollcall_session=${guest}` }, { room: "lobby" }))).status).toBe(401);
});

test("[SE5] guests can be turned off without a provider, and a word that is neither on nor off is told", async () => {
  vi.stubEnv("ROLLCALL_JWKS_URL", "");
  vi.stubEnv("ROLLCALL_GUESTS", "off");
  expect((await signIn(request({}, { name: "Eve" }))).status).toBe(403);
  vi.stubEnv("ROLLCALL_GUESTS", "no");
  const answer = await signIn(request({}, { name: "Eve" }));
  expect([answer.status, await detailOf(answer)]).toEqual([503, expect.stringContaining("ROLLCALL_GUESTS")]);
});

test("[SE2] whom a provider names cannot pick another name", async () => {
  vi.stubEnv("ROLLCALL_GUESTS", "on");
  const cookie = `rollcall_session=${cookiesOf(await arrive()).get("rollcall_session")}`;
  expect((await signIn(request({ cookie }, { name: "Grace" }))).status).toBe(403);
});

test("[SE5] another site's page cannot sign anybody in by a token of its own", async () => {
  expect((await arrive({ "sec-fetch-site": "cross-site" })).status).toBe(403);
});

test("more rooms than a cookie can hold are told of", async () => {
  const rooms = Array.from({ length: 100 }, (_, index) => `room-${index}-${"x".repeat(50)}`);
  roomServer.mockImplementation(async () => Response.json({ ...ADA, rooms }));
  const answer = await arrive();
  expect([answer.status, cookiesOf(answer).size]).toEqual([422, 0]);
});
