import { createHash, createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import * as v from "valibot";
import { secret } from "./settings";
import { sign, verify } from "./signed";

/** An admin's sign-in. The id tells one from another in the room server's books; it is nobody's presence. */
export interface AdminSession {
  readonly adminId: string;
}

export const ADMIN_COOKIE = "rollcall_admin";

/** A working day. */
const ADMIN_LIFETIME_S = 12 * 3_600;

/** How a browser is to keep it. */
export const ADMIN_COOKIE_OPTIONS = {
  name: ADMIN_COOKIE,
  sameSite: "strict",
  maxAge: ADMIN_LIFETIME_S,
} as const;

const AUDIENCE = "rollcall-admin";
const schema = v.object({ sub: v.string() });

/** Whether this is the admin's password, in a time that tells nothing about it. */
export function isAdminPassword(given: string): boolean {
  return timingSafeEqual(sha256(given), sha256(secret("ROLLCALL_ADMIN_PASSWORD")));
}

/** The cookie of a new sign-in. */
export async function sealAdmin(): Promise<string> {
  const payload = { sub: `admin-${randomUUID()}` };
  return await sign(payload, { key: key(), audience: AUDIENCE, lifetimeS: ADMIN_LIFETIME_S });
}

/** The admin that the cookie names; null when there is none or it is no good. */
export async function openAdmin(cookie: string | undefined): Promise<AdminSession | null> {
  const sessionKey = key();
  if (!cookie) return null;
  const claims = v.safeParse(schema, await verify(cookie, sessionKey, AUDIENCE));
  return claims.success ? { adminId: claims.output.sub } : null;
}

/** The password is part of the key: whoever changes it signs every admin out. */
function key(): Uint8Array {
  return createHmac("sha256", secret("ROLLCALL_SESSION_SECRET"))
    .update(`admin\0${secret("ROLLCALL_ADMIN_PASSWORD")}`)
    .digest();
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
