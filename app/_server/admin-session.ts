import { createHash, createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import * as v from "valibot";
import { createToken } from "../../client/create-token";
import { ANY_ROOM, opensRoom } from "../../core/shared/claims";
import { endSignIn, hasEnded } from "./ended-sign-ins";
import { Problem } from "./problem";
import { secret } from "./settings";
import { tokenLifetimeS, WORKING_DAY_MS } from "./sign-in-lifetime";
import { sign, verify } from "./signed";

/** An admin's sign-in. */
export interface AdminSession {
  /** The id of the sign-in, which signing out ends. An admin has no presence. */
  readonly adminId: string;
  /** The admin's rooms. `*` is every room, as for an admin by password. */
  readonly rooms: readonly string[];
  /** When it ends, in milliseconds since 1970. Never later than its token (SE1). */
  readonly expiresAt: number;
}

export const ADMIN_COOKIE = "rollcall_admin";

/** The cookie's name and path. */
export const ADMIN_COOKIE_OPTIONS = { name: ADMIN_COOKIE, sameSite: "strict" } as const;

const AUDIENCE = "rollcall-admin";
const schema = v.object({ sub: v.string(), rooms: v.array(v.string()), exp: v.number() });

/** Whether this is the admin's password, compared in constant time. */
export function isAdminPassword(given: string): boolean {
  return timingSafeEqual(sha256(given), sha256(secret("ROLLCALL_ADMIN_PASSWORD")));
}

/** Creates a sign-in by password, for every room. */
export function adminByPassword(now: number): AdminSession {
  return newAdmin([ANY_ROOM], now + WORKING_DAY_MS);
}

/** Creates a sign-in as an admin of these rooms. */
export function newAdmin(rooms: readonly string[], expiresAt: number): AdminSession {
  return { adminId: `admin-${randomUUID()}`, rooms, expiresAt };
}

/** The cookie's content. */
export async function sealAdmin({ adminId, rooms, expiresAt }: AdminSession): Promise<string> {
  return await sign({ sub: adminId, rooms }, { key: key(), audience: AUDIENCE, expiresAt });
}

/**
 * Returns the cookie's admin. Null without a cookie, and if it is invalid or its sign-in has ended.
 * @throws {Problem} 502 if the room server does not say whether the sign-in has ended
 */
export async function openAdmin(cookie: string | undefined): Promise<AdminSession | null> {
  const admin = await readAdmin(cookie);
  return admin === null || (await hasEnded(admin.adminId)) ? null : admin;
}

/** The same for a page, which grants nothing. Trusts the cookie while the room server does not answer. */
export async function showAdmin(cookie: string | undefined): Promise<AdminSession | null> {
  return await openAdmin(cookie).catch((error: unknown) => {
    if (error instanceof Problem) return readAdmin(cookie);
    throw error;
  });
}

/** Ends the sign-in of a cookie and of its copies (SE5). @throws {Problem} 502 */
export async function endAdmin(cookie: string | undefined): Promise<void> {
  const admin = await readAdmin(cookie);
  if (admin) await endSignIn({ id: admin.adminId, untilAt: admin.expiresAt });
}

/**
 * Creates a token with which an admin observes one of their rooms.
 * @throws {Problem} 403 if the room is not theirs, 401 if the sign-in is about to end
 */
export async function adminToken({ adminId, rooms, expiresAt }: AdminSession, room: string): Promise<string> {
  if (!opensRoom({ rooms }, room)) throw new Problem(403, "Forbidden", "You are no admin of this room.");
  const lifetimeSeconds = tokenLifetimeS(expiresAt, Date.now());
  if (lifetimeSeconds < 1) throw new Problem(401, "Unauthorized", "Your sign-in has ended.");
  return await createToken({
    user: { id: adminId, name: "Admin" },
    rooms: [room],
    role: "admin",
    sessionId: adminId,
    secret: secret("ROLLCALL_TOKEN_SECRET"),
    lifetimeSeconds,
  });
}

async function readAdmin(cookie: string | undefined): Promise<AdminSession | null> {
  const sessionKey = key();
  if (!cookie) return null;
  const claims = v.safeParse(schema, await verify(cookie, sessionKey, AUDIENCE));
  if (!claims.success) return null;
  const { sub, rooms, exp } = claims.output;
  return { adminId: sub, rooms, expiresAt: exp * 1_000 };
}

/** The password is part of the key, so a change of the password signs every admin out. */
function key(): Uint8Array {
  return createHmac("sha256", secret("ROLLCALL_SESSION_SECRET"))
    .update(`admin\0${secret("ROLLCALL_ADMIN_PASSWORD")}`)
    .digest();
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
