import { decodeJwt } from "jose";
import { NextRequest } from "next/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TOKEN_AUDIENCE } from "../../core/shared/claims";
import { DELETE as signOutAdmin, POST as signInAsAdmin } from "../api/admin/session/route";
import { POST as adminToken } from "../api/admin/token/route";
import { DELETE as signOut, POST as signIn } from "../api/session/route";
import { POST as token } from "../api/token/route";
import { adminByPassword, adminSessions } from "./admin-session";
import { fakeRoomServer } from "./testing/fake-room-server";
import { userSessions } from "./user-session";
import { cookiesWith } from "./testing/cookies-with";

type Route = (request: NextRequest) => Promise<Response>;

const PASSWORD = "correct horse battery";

beforeEach(() => {
  vi.stubEnv("ROLLCALL_SESSION_SECRET", "s".repeat(40));
  vi.stubEnv("ROLLCALL_TOKEN_SECRET", "t".repeat(40));
  vi.stubEnv("ROLLCALL_ADMIN_PASSWORD", PASSWORD);
  vi.stubEnv("ROLLCALL_API_KEY", "k".repeat(40));
  fakeRoomServer();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

async function ask(route: Route, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const init = { method: "POST", body: JSON.stringify(body) };
  return await route(
    new NextRequest("http://rollcall.test/", {
      ...init,
      headers: { "Content-Type": "application/json", ...headers },
    }),
  );
}

/** The cookie as a browser sends it back. */
const cookieOf = (response: Response) => response.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
const valueOf = (cookie: string) => cookie.slice(cookie.indexOf("=") + 1);

const guestCookie = async (name = "Ada") => cookieOf(await ask(signIn, { name }));
const adminCookie = async () => cookieOf(await ask(signInAsAdmin, { password: PASSWORD }));

test("[SE5] a guest's cookie is HttpOnly and SameSite, and Secure with https", async () => {
  const plain = (await ask(signIn, { name: "Ada" })).headers.get("set-cookie");
  expect(plain).toMatch(/^rollcall_session=/);
  expect(plain).toMatch(/; HttpOnly/);
  expect(plain).toMatch(/; SameSite=lax/i);
  expect(plain).not.toMatch(/Secure/);
  const secure = await ask(signIn, { name: "Ada" }, { "x-forwarded-proto": "https" });
  expect(secure.headers.get("set-cookie")).toMatch(/; Secure/);
});

test("[SE5] an admin's cookie is not sent with links from other sites", async () => {
  const answer = await ask(signInAsAdmin, { password: PASSWORD }, { "x-forwarded-proto": "https" });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("set-cookie")).toMatch(
    /^rollcall_admin=.*(?=.*HttpOnly)(?=.*Secure).*SameSite=strict/i,
  );
});

test("a guest who changes their name stays the same user in the same sign-in", async () => {
  const cookie = await guestCookie("Ada");
  const before = await userSessions.open(cookiesWith(valueOf(cookie)));
  const after = await userSessions.open(
    cookiesWith(valueOf(cookieOf(await ask(signIn, { name: " Grace  Hopper " }, { cookie })))),
  );
  expect(after).toEqual({ ...before, name: "Grace Hopper" });
  expect((await userSessions.open(cookiesWith(valueOf(await guestCookie()))))?.userId).not.toBe(
    before?.userId,
  );
});

test("[SE1] a guest gets a short-lived token for the requested room only", async () => {
  const cookie = await guestCookie();
  const guest = await userSessions.open(cookiesWith(valueOf(cookie)));
  const claims = decodeJwt((await (await ask(token, { room: "lobby" }, { cookie })).json()).token);
  expect(claims).toMatchObject({
    aud: TOKEN_AUDIENCE,
    sub: guest?.userId,
    name: "Ada",
    sid: guest?.sessionId,
    role: "member",
    rooms: ["lobby"],
  });
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(120);
});

test("[SE1] an admin gets an admin's token for one room", async () => {
  const answer = await ask(adminToken, { room: "lobby" }, { cookie: await adminCookie() });
  expect(decodeJwt((await answer.json()).token)).toMatchObject({ role: "admin", rooms: ["lobby"] });
});

test.each([
  ["no cookie", async () => ""],
  ["a forged cookie", async () => "rollcall_session=a.b.c; rollcall_admin=a.b.c"],
])("[SE5] %s opens nothing", async (_, cookie) => {
  for (const route of [token, adminToken]) {
    expect((await ask(route, { room: "lobby" }, { cookie: await cookie() })).status).toBe(401);
  }
});

test("[SE5] neither a cookie of another kind nor a room's token is accepted as a cookie", async () => {
  const guest = valueOf(await guestCookie());
  const admin = valueOf(await adminCookie());
  const answer = await ask(token, { room: "lobby" }, { cookie: `rollcall_session=${guest}` });
  const { token: roomToken } = await answer.json();
  vi.stubEnv("ROLLCALL_TOKEN_SECRET", "s".repeat(40));
  for (const other of [admin, roomToken]) expect(await userSessions.open(cookiesWith(other))).toBeNull();
  for (const other of [guest, roomToken]) expect(await adminSessions.open(cookiesWith(other))).toBeNull();
});

test("[SE5] a change of the password or the secret signs every admin out", async () => {
  const cookie = await adminSessions.seal(adminByPassword(Date.now()));
  expect(await adminSessions.open(cookiesWith(cookie))).not.toBeNull();
  vi.stubEnv("ROLLCALL_ADMIN_PASSWORD", "another password");
  expect(await adminSessions.open(cookiesWith(cookie))).toBeNull();
});

test("[SE5] an admin's sign-in ends after a working day", async () => {
  const cookie = await adminSessions.seal(adminByPassword(Date.now()));
  vi.useFakeTimers({ now: Date.now() + 13 * 3_600_000 });
  expect(await adminSessions.open(cookiesWith(cookie))).toBeNull();
});

test("[SE5] signing out clears the cookie", async () => {
  for (const route of [signOut, signOutAdmin]) {
    const answer = await route(new NextRequest("http://rollcall.test/", { method: "DELETE" }));
    expect(answer.status).toBe(204);
    expect(answer.headers.get("set-cookie")).toMatch(/=;.*Max-Age=0/i);
  }
});

test("[SE5] wrong passwords are slowed down, and the right one is accepted in between, even from the same address", async () => {
  const attempt = async (password: string, headers: Record<string, string> = {}) =>
    await ask(signInAsAdmin, { password }, headers);
  for (let index = 0; index < 5; index += 1) {
    // A header that no trusted proxy wrote does not change the address.
    expect((await attempt("wrong", { "x-forwarded-for": `198.51.100.${index}` })).status).toBe(401);
  }
  await attempt("wrong");
  const refused = await attempt("wrong", { "x-forwarded-for": "203.0.113.7" });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(5);
  const flood = Promise.all(Array.from({ length: 30 }, () => attempt("wrong")));
  expect((await attempt(PASSWORD)).status).toBe(204);
  for (const { status } of await flood) expect([401, 429]).toContain(status);
});

test("[SE5] a browser in which an admin has signed in has priority over attackers, for a few wrong passwords", async () => {
  const answer = await ask(signInAsAdmin, { password: PASSWORD });
  const known = answer.headers.getSetCookie().find((line) => line.startsWith("rollcall_known=")) ?? "";
  expect(known).toMatch(/HttpOnly/);
  expect(known).toMatch(/SameSite=strict/i);
  const cookie = known.split(";", 1)[0] ?? "";
  const order: string[] = [];
  const flood = Promise.all(
    Array.from({ length: 20 }, async () => {
      await ask(signInAsAdmin, { password: "wrong" });
      order.push("stranger");
    }),
  );
  const own = await ask(signInAsAdmin, { password: PASSWORD }, { cookie });
  order.push("known");
  expect(own.status).toBe(204);
  await flood;
  expect(order.indexOf("known")).toBeLessThan(3);
  // It signs nobody in, and is not accepted as another cookie.
  expect(await adminSessions.open(cookiesWith(valueOf(cookie)))).toBeNull();
  expect(await userSessions.open(cookiesWith(valueOf(cookie)))).toBeNull();
  expect((await ask(signInAsAdmin, { password: "wrong" }, { cookie })).status).not.toBe(204);
});

test("[SE5] signing out ends a guest's and an admin's cookie, including copies", async () => {
  for (const [cookie, out, route] of [
    [await guestCookie(), signOut, token],
    [await adminCookie(), signOutAdmin, adminToken],
  ] as const) {
    expect((await ask(route, { room: "lobby" }, { cookie })).status).toBe(200);
    const other = route === token ? await guestCookie() : await adminCookie();
    await ask(out, {}, { cookie });
    expect((await ask(route, { room: "lobby" }, { cookie })).status).toBe(401);
    expect((await ask(route, { room: "lobby" }, { cookie: other })).status).toBe(200);
  }
});

test("[SE1] a guest's new name does not prolong the sign-in, and an ended sign-in gets no new name", async () => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  const cookie = await guestCookie("Ada");
  const before = await userSessions.open(cookiesWith(valueOf(cookie)));
  vi.setSystemTime(Date.now() + 86_400_000);
  const renamed = cookieOf(await ask(signIn, { name: "Grace" }, { cookie }));
  expect(await userSessions.open(cookiesWith(valueOf(renamed)))).toMatchObject({
    expiresAt: before?.expiresAt,
  });
  await ask(signOut, {}, { cookie });
  const anew = await userSessions.open(
    cookiesWith(valueOf(cookieOf(await ask(signIn, { name: "Ada" }, { cookie: renamed })))),
  );
  expect(anew?.userId).not.toBe(before?.userId);
});

test("[SE5] an admin who signs in again in a browser ends the earlier cookie", async () => {
  const cookie = await adminCookie();
  await ask(signInAsAdmin, { password: PASSWORD }, { cookie });
  expect(await adminSessions.open(cookiesWith(valueOf(cookie)))).toBeNull();
});

test("[SE5] an admin's cookie of an earlier version, without rooms, opens nothing", async () => {
  const { adminId, expiresAt } = adminByPassword(Date.now());
  const undefinedRooms = undefined as unknown as string[];
  expect(
    await adminSessions.open(
      cookiesWith(await adminSessions.seal({ adminId, expiresAt, rooms: undefinedRooms })),
    ),
  ).toBeNull();
});

test("an invalid name is refused with the reason", async () => {
  const answer = await ask(signIn, { name: "x".repeat(81) });
  expect(answer.status).toBe(422);
  expect((await answer.json()).detail).toBe("The name is 1 character too long.");
});
