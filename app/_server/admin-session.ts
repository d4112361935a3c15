import { createHash, createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { NextRequest } from "next/server";
import * as v from "valibot";
import { createToken } from "../../client/create-token";
import { ANY_ROOM, opensRoom } from "../../core/shared/claims";
import { cookieSessions } from "./cookie-sessions";
import { Problem } from "../../core/shared/problem";
import { secret } from "./settings";
import { tokenLifetimeS, WORKING_DAY_MS } from "./sign-in-lifetime";

/** An admin's sign-in. */
export interface AdminSession {
  /** The id of the sign-in, which signing out ends. An admin has no presence. */
  readonly adminId: string;
  /** The admin's rooms. `*` is every room, as for an admin by password. */
  readonly rooms: readonly string[];
  /** When it ends, in milliseconds since 1970. Never later than its token (SE1). */
  readonly expiresAt: number;
}

const schema = v.object({ sub: v.string(), rooms: v.array(v.string()), exp: v.number() });

export const adminSessions = cookieSessions<AdminSession>({
  cookie: { name: "rollcall_admin", sameSite: "strict" },
  audience: "rollcall-admin",
  // The password is part of the key, so a change of the password signs every admin out.
  key: () =>
    createHmac("sha256", secret("ROLLCALL_SESSION_SECRET"))
      .update(`admin\0${secret("ROLLCALL_ADMIN_PASSWORD")}`)
      .digest(),
  signInOf: ({ adminId }) => adminId,
  toClaims: ({ adminId, rooms }) => ({ sub: adminId, rooms }),
  toSession(claims) {
    if (!v.is(schema, claims)) return null;
    const { sub, rooms, exp } = claims;
    return { adminId: sub, rooms, expiresAt: exp * 1_000 };
  },
});

/** Returns the signed-in admin of a request. @throws {Problem} 401 if there is none */
export async function adminOf({ cookies }: NextRequest): Promise<AdminSession> {
  const admin = await adminSessions.open(cookies);
  if (!admin) throw new Problem(401, "No admin is signed in here.");
  return admin;
}

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

/**
 * Creates a token with which an admin observes one of their rooms.
 * @throws {Problem} 403 if the room is not theirs, 401 if the sign-in is about to end
 */
export async function adminToken({ adminId, rooms, expiresAt }: AdminSession, room: string): Promise<string> {
  if (!opensRoom({ rooms }, room)) throw new Problem(403, "You are not an admin of this room.");
  const lifetimeSeconds = tokenLifetimeS(expiresAt, Date.now());
  if (lifetimeSeconds < 1) throw new Problem(401, "Your sign-in has ended.");
  return await createToken({
    user: { id: adminId, name: "Admin" },
    rooms: [room],
    role: "admin",
    sessionId: adminId,
    secret: secret("ROLLCALL_TOKEN_SECRET"),
    lifetimeSeconds,
  });
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
