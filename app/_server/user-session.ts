import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { readGuestName } from "../../components/session/guest-name";
import { guestsAllowed, hasProvider, nameLength, secret } from "./settings";
import { sign, verify } from "./signed";

/**
 * Somebody who is signed in: a guest who picked a name, or a user whom the identity provider knows. `sessionId` names
 * the sign-in, which signing out ends everywhere (GR2).
 */
export interface UserSession {
  readonly userId: string;
  readonly name: string;
  readonly picture: string | null;
  readonly sessionId: string;
  /** The rooms that the provider's token opened; null for a guest, who may enter any. */
  readonly rooms: readonly string[] | null;
}

export const SESSION_COOKIE = "rollcall_session";

/** Half a year: a guest is nobody but this cookie, and without it they are somebody new to the room. */
const GUEST_LIFETIME_S = 180 * 24 * 3_600;

/** A working day: for so long what the provider said of a user is taken for true. */
const PROVIDER_LIFETIME_S = 12 * 3_600;

const AUDIENCE = "rollcall-session";
const schema = v.object({
  sub: v.string(),
  name: v.string(),
  sid: v.string(),
  picture: v.optional(v.nullable(v.string()), null),
  rooms: v.optional(v.nullable(v.array(v.string())), null),
});

/** Whether the name can still be had: the limit may have been lowered since a guest chose it (SE4). */
export function hasGoodName({ name, rooms }: UserSession): boolean {
  return rooms !== null || readGuestName(name, nameLength()).ok;
}

/** A new guest of this name, or a known one under a new name, who stays the same person in the same sign-in. */
export function guestNamed(name: string, known: UserSession | null): UserSession {
  if (known) return { ...known, name };
  return { userId: `guest-${randomUUID()}`, name, picture: null, sessionId: randomUUID(), rooms: null };
}

/** For how many seconds the cookie of such a session is good. */
export function lifetimeS({ rooms }: UserSession): number {
  return rooms === null ? GUEST_LIFETIME_S : PROVIDER_LIFETIME_S;
}

/** The cookie's content. */
export async function sealSession(session: UserSession): Promise<string> {
  const { userId, name, picture, sessionId, rooms } = session;
  const payload = { sub: userId, name, sid: sessionId, ...(rooms !== null && { picture, rooms }) };
  return await sign(payload, { key: key(), audience: AUDIENCE, lifetimeS: lifetimeS(session) });
}

/**
 * Whoever the cookie names; null when there is nobody or it is no good, and when those whom it was made for are no
 * longer let in: guests when they are off, a provider's users when there is no provider.
 */
export async function openSession(cookie: string | undefined): Promise<UserSession | null> {
  const sessionKey = key();
  if (!cookie) return null;
  const claims = v.safeParse(schema, await verify(cookie, sessionKey, AUDIENCE));
  if (!claims.success) return null;
  const { sub, name, picture, sid, rooms } = claims.output;
  if (rooms === null ? !guestsAllowed() : !hasProvider()) return null;
  return { userId: sub, name, picture, sessionId: sid, rooms };
}

function key(): Uint8Array {
  return new TextEncoder().encode(secret("ROLLCALL_SESSION_SECRET"));
}
