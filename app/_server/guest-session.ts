import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { readGuestName } from "../../components/session/guest-name";
import { nameLength, secret } from "./settings";
import { sign, verify } from "./signed";

/** A guest: somebody who picked a name. `sessionId` names the sign-in, which signing out ends everywhere (GR2). */
export interface GuestSession {
  readonly userId: string;
  readonly name: string;
  readonly sessionId: string;
}

export const GUEST_COOKIE = "rollcall_session";

/** Half a year: a guest is nobody but this cookie, and without it they are somebody new to the room. */
export const GUEST_LIFETIME_S = 180 * 24 * 3_600;

const AUDIENCE = "rollcall-session";
const schema = v.object({ sub: v.string(), name: v.string(), sid: v.string() });

/** Whether the guest's name can still be had: the limit may have been lowered since they chose it (SE4). */
export function hasGoodName({ name }: GuestSession): boolean {
  return readGuestName(name, nameLength()).ok;
}

/** A new guest of this name, or a known one under a new name, who stays the same person in the same sign-in. */
export function guestNamed(name: string, known: GuestSession | null): GuestSession {
  if (known) return { ...known, name };
  return { userId: `guest-${randomUUID()}`, name, sessionId: randomUUID() };
}

/** The cookie's content. */
export async function sealGuest({ userId, name, sessionId }: GuestSession): Promise<string> {
  const payload = { sub: userId, name, sid: sessionId };
  return await sign(payload, { key: key(), audience: AUDIENCE, lifetimeS: GUEST_LIFETIME_S });
}

/** The guest that the cookie names; null when there is none or it is no good. */
export async function openGuest(cookie: string | undefined): Promise<GuestSession | null> {
  const sessionKey = key();
  if (!cookie) return null;
  const claims = v.safeParse(schema, await verify(cookie, sessionKey, AUDIENCE));
  if (!claims.success) return null;
  const { sub, name, sid } = claims.output;
  return { userId: sub, name, sessionId: sid };
}

function key(): Uint8Array {
  return new TextEncoder().encode(secret("ROLLCALL_SESSION_SECRET"));
}
