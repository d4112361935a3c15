import { decodeJwt } from "jose";
import { NextRequest } from "next/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { POST as adminToken } from "../api/admin/token/route";
import { GET as whoArrives, DELETE as signOut, POST as signIn } from "../api/session/route";
import { POST as token } from "../api/token/route";
import { adminSessions } from "./admin-session";
import { fakeRoomServer } from "./testing/fake-room-server";
import { userSessions } from "./user-session";
import { cookiesWith } from "./testing/cookies-with";

const ADA = {
  id: "user_1",
  name: "Ada",
  picture: "https://example.com/a.png",
  rooms: ["design", "team"],
  role: "member",
  sessionId: "sess_1",
  issuedBy: "provider",
};

/** The room server's answer about the token. */
let roomServer: ReturnType<typeof vi.fn<() => Response>>;
let server: ReturnType<typeof fakeRoomServer>;

const HOUR_MS = 3_600_000;
const named = (over: object = {}) => Response.json({ ...ADA, expiresAt: Date.now() + 24 * HOUR_MS, ...over });

beforeEach(() => {
  vi.stubEnv("ROLLCALL_SESSION_SECRET", "s".repeat(40));
  vi.stubEnv("ROLLCALL_TOKEN_SECRET", "t".repeat(40));
  vi.stubEnv("ROLLCALL_ADMIN_PASSWORD", "correct horse battery");
  vi.stubEnv("ROLLCALL_JWKS_URL", "https://id.example.com/keys");
  vi.stubEnv("ROLLCALL_API_KEY", "k".repeat(40));
  roomServer = vi.fn<() => Response>(() => named());
  server = fakeRoomServer(() => roomServer());
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
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

test("[SE1] a provider's token opens a session for the user that the room server reads from it", async () => {
  const answer = await arrive();
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ user: { id: "user_1", name: "Ada" }, home: "/rooms/design" });
  expect(server.fetched).toHaveBeenCalledExactlyOnceWith(
    "http://127.0.0.1:1999/identity",
    expect.objectContaining({ headers: { Authorization: "Bearer the-token" } }),
  );
  const session = cookiesOf(answer).get("rollcall_session");
  expect(await userSessions.open(cookiesWith(session))).toMatchObject({
    userId: "user_1",
    name: "Ada",
    rooms: ["design", "team"],
  });
  expect(answer.headers.getSetCookie().join()).not.toContain("the-token");
});

test("[SE1] the session opens only the token's rooms, as a member", async () => {
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

test("[SE5] only a token with an admin's role signs an admin in, and another token ends that sign-in", async () => {
  expect(cookiesOf(await arrive()).get("rollcall_admin")).toBe("");
  roomServer.mockImplementation(() => named({ role: "admin" }));
  expect(
    await adminSessions.open(cookiesWith(cookiesOf(await arrive()).get("rollcall_admin"))),
  ).not.toBeNull();
});

test("[GR2] each arrival is its own sign-in, and signing out ends the admin's too", async () => {
  const cookies = [cookiesOf(await arrive()), cookiesOf(await arrive())].map((each) =>
    each.get("rollcall_session"),
  );
  const [one, two] = await Promise.all(cookies.map((each) => userSessions.open(cookiesWith(each))));
  expect(one?.sessionId).not.toBe(two?.sessionId);
  const out = await signOut(request({ cookie: `rollcall_session=${cookies[0]}` }, undefined, "DELETE"));
  expect([...cookiesOf(out)]).toEqual([
    ["rollcall_session", ""],
    ["rollcall_admin", ""],
  ]);
});

/** The response about a token to a browser with these cookies. */
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

test("[SE5] the user of a token is returned without signing anybody in", async () => {
  const { id, name, picture } = ADA;
  const arriving = { id, name, picture, isAdmin: false };
  expect(await told()).toEqual({ arriving, current: null, isAdmin: false });
  roomServer.mockImplementation(() => named({ role: "admin" }));
  expect(await told()).toMatchObject({ arriving: { isAdmin: true }, isAdmin: false });
  const anonymous = await whoArrives(request({}, undefined, "GET"));
  expect([anonymous.status, cookiesOf(anonymous).size]).toEqual([401, 0]);
});

test("[SE5] the signed-in user is returned too, and only a provider's user can be the same", async () => {
  roomServer.mockImplementation(() => named({ role: "admin" }));
  const cookies = [...cookiesOf(await arrive())].map((pair) => pair.join("=")).join("; ");
  expect(await told(cookies)).toMatchObject({
    current: { id: "user_1", name: "Ada", home: "/rooms/design", isSame: true },
    isAdmin: true,
  });
  roomServer.mockImplementation(() => named({ id: "user_2", name: "Ben" }));
  expect(await told(cookies)).toMatchObject({ arriving: { name: "Ben" }, current: { isSame: false } });
  vi.stubEnv("ROLLCALL_GUESTS", "on");
  const guest = cookiesOf(await signIn(request({}, { name: "Eve" }))).get("rollcall_session");
  const id = (await userSessions.open(cookiesWith(guest)))?.userId;
  roomServer.mockImplementation(() => named({ id }));
  expect(await told(`rollcall_session=${guest}`)).toMatchObject({
    arriving: { id },
    current: { id, name: "Eve", home: "/", isSame: false },
  });
});

test.each([
  [401, "the token has expired", 401, "the token has expired"],
  [503, "the identity provider's keys cannot be had at the moment", 503, /keys/],
  [500, "who knows", 502, /makes no sense/],
] as const)("[SE1] a room server's response %i signs nobody in", async (status, detail, told, words) => {
  roomServer.mockImplementation(() => Response.json({ detail }, { status }));
  const answer = await arrive();
  expect(answer.status).toBe(told);
  expect(await detailOf(answer)).toMatch(words);
  expect(cookiesOf(answer).size).toBe(0);
});

test("[SE1] a response without a user signs nobody in", async () => {
  roomServer.mockImplementation(() => Response.json({ status: "ok" }));
  expect((await arrive()).status).toBe(502);
});

test("[SE1] without a provider no token signs anybody in, and its earlier sessions have ended", async () => {
  const session = cookiesOf(await arrive()).get("rollcall_session");
  vi.stubEnv("ROLLCALL_JWKS_URL", "");
  expect(await userSessions.open(cookiesWith(session))).toBeNull();
  const answer = await arrive();
  expect([answer.status, await detailOf(answer)]).toEqual([
    403,
    expect.stringContaining("no identity provider"),
  ]);
});

test("[SE5] with a provider guests are off by default, and earlier guests are signed out", async () => {
  vi.stubEnv("ROLLCALL_GUESTS", "on");
  const guest = cookiesOf(await signIn(request({}, { name: "Eve" }))).get("rollcall_session");
  expect(await userSessions.open(cookiesWith(guest))).toMatchObject({ name: "Eve", rooms: null });
  vi.stubEnv("ROLLCALL_GUESTS", "");
  expect(await userSessions.open(cookiesWith(guest))).toBeNull();
  const refused = await signIn(request({}, { name: "Eve" }));
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  expect([refused.status, await detailOf(refused)]).toEqual([
    403,
    expect.stringContaining("takes no guests"),
  ]);
  expect((await token(request({ cookie: `rollcall_session=${guest}` }, { room: "lobby" }))).status).toBe(401);
});

test("[SE5] guests can be turned off without a provider, and a value other than on or off is an error", async () => {
  vi.stubEnv("ROLLCALL_JWKS_URL", "");
  vi.stubEnv("ROLLCALL_GUESTS", "off");
  expect((await signIn(request({}, { name: "Eve" }))).status).toBe(403);
  vi.stubEnv("ROLLCALL_GUESTS", "no");
  const answer = await signIn(request({}, { name: "Eve" }));
  expect([answer.status, await detailOf(answer)]).toEqual([503, expect.stringContaining("ROLLCALL_GUESTS")]);
});

test("[SE2] a provider's user cannot choose another name", async () => {
  vi.stubEnv("ROLLCALL_GUESTS", "on");
  const cookie = `rollcall_session=${cookiesOf(await arrive()).get("rollcall_session")}`;
  expect((await signIn(request({ cookie }, { name: "Grace" }))).status).toBe(403);
});

test("[SE5] another site's page cannot sign anybody in with its own token", async () => {
  expect((await arrive({ "sec-fetch-site": "cross-site" })).status).toBe(403);
});

test("more rooms than a cookie can hold are an error", async () => {
  const rooms = Array.from({ length: 100 }, (_, index) => `room-${index}-${"x".repeat(50)}`);
  roomServer.mockImplementation(() => named({ rooms }));
  const answer = await arrive();
  expect([answer.status, cookiesOf(answer).size]).toEqual([422, 0]);
});

const cookieOf = (response: Response, name: string) => `${name}=${cookiesOf(response).get(name)}`;
const maxAgesOf = (response: Response) =>
  response.headers.getSetCookie().map((line) => Number(/Max-Age=(\d+)/i.exec(line)?.[1]));

test("[SE1] neither the app's own tokens nor tokens of an unknown issuer sign anybody in", async () => {
  for (const issuedBy of ["app", undefined]) {
    roomServer.mockImplementation(() => named({ issuedBy, role: "admin" }));
    const answer = await arrive();
    expect(answer.status).toBe(issuedBy === undefined ? 502 : 403);
    expect(cookiesOf(answer).size).toBe(0);
    const asked = await whoArrives(request({ authorization: "Bearer the-token" }, undefined, "GET"));
    expect(asked.status).toBe(answer.status);
  }
});

test("[SE1] a session, the admin's session and their tokens do not outlive the provider's token", async () => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  roomServer.mockImplementation(() => named({ role: "admin", expiresAt: Date.now() + 60_000 }));
  const answer = await arrive();
  expect(maxAgesOf(answer)).toEqual([60, 60]);
  const session = cookieOf(answer, "rollcall_session");
  const admin = cookieOf(answer, "rollcall_admin");
  vi.setSystemTime(Date.now() + 20_000);
  for (const made of [
    await token(request({ cookie: session }, { room: "team" })),
    await adminToken(request({ cookie: admin }, { room: "team" })),
  ]) {
    const { iat = 0, exp = 0 } = decodeJwt((await made.json()).token);
    expect(exp - iat).toBe(40);
  }
  vi.setSystemTime(Date.now() + 40_000);
  expect((await token(request({ cookie: session }, { room: "team" }))).status).toBe(401);
  expect((await adminToken(request({ cookie: admin }, { room: "team" }))).status).toBe(401);
  expect((await arrive()).status).toBe(200);
  roomServer.mockImplementation(() => named({ expiresAt: Date.now() + 500 }));
  expect((await arrive()).status).toBe(401);
});

test("[SE1] a long-lived token opens a session of a working day", async () => {
  roomServer.mockImplementation(() => named({ role: "admin" }));
  for (const age of maxAgesOf(await arrive())) {
    expect(age).toBeGreaterThan(12 * 3_600 - 5);
    expect(age).toBeLessThanOrEqual(12 * 3_600);
  }
});

test("[SE1] an admin of some rooms is not an admin of others", async () => {
  roomServer.mockImplementation(() => named({ role: "admin", rooms: ["team-a"] }));
  const answer = await arrive();
  expect(await adminSessions.open(cookiesWith(cookiesOf(answer).get("rollcall_admin")))).toMatchObject({
    rooms: ["team-a"],
  });
  const cookie = cookieOf(answer, "rollcall_admin");
  const made = await adminToken(request({ cookie }, { room: "team-a" }));
  expect(decodeJwt((await made.json()).token)).toMatchObject({ rooms: ["team-a"], role: "admin" });
  for (const room of ["team-b", "lobby", "team-a2", "Team-a"])
    expect((await adminToken(request({ cookie }, { room }))).status).toBe(403);
});

test("[SE5] signing out ends the cookies and their copies, and the cookies of another arrival stay", async () => {
  roomServer.mockImplementation(() => named({ role: "admin" }));
  const [one, other] = [await arrive(), await arrive()];
  const cookie = `${cookieOf(one, "rollcall_session")}; ${cookieOf(one, "rollcall_admin")}`;
  expect((await signOut(request({ cookie }, undefined, "DELETE"))).status).toBe(204);
  expect((await token(request({ cookie }, { room: "team" }))).status).toBe(401);
  expect((await adminToken(request({ cookie }, { room: "team" }))).status).toBe(401);
  const still = cookieOf(other, "rollcall_session");
  expect((await token(request({ cookie: still }, { room: "team" }))).status).toBe(200);
});

test("[SE5] arriving ends the sign-ins that it replaces in this browser, including an admin's", async () => {
  roomServer.mockImplementation(() => named({ role: "admin" }));
  const before = await arrive();
  const cookie = `${cookieOf(before, "rollcall_session")}; ${cookieOf(before, "rollcall_admin")}`;
  roomServer.mockImplementation(() => named({ id: "user_2" }));
  expect((await arrive({ cookie })).status).toBe(200);
  expect(await userSessions.open(cookiesWith(cookiesOf(before).get("rollcall_session")))).toBeNull();
  expect(await adminSessions.open(cookiesWith(cookiesOf(before).get("rollcall_admin")))).toBeNull();
});

test("[SE5] while the room server does not answer no cookie opens anything, and a sign-out reports that copies still work", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  const cookie = cookieOf(await arrive(), "rollcall_session");
  server.down.is = true;
  expect((await token(request({ cookie }, { room: "team" }))).status).toBe(502);
  const out = await signOut(request({ cookie }, undefined, "DELETE"));
  expect([out.status, await detailOf(out)]).toEqual([502, expect.stringContaining("copies of its cookie")]);
  expect(cookiesOf(out).get("rollcall_session")).toBe("");
});
