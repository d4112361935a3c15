import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { readGuestName } from "../../components/session/guest-name";
import { endSignIn, hasEnded } from "./ended-sign-ins";
import { Problem } from "./problem";
import { guestsAllowed, hasProvider, nameLength, secret } from "./settings";
import { sign, verify } from "./signed";

/**
 * A signed-in user: a guest who picked a name, or a user of the identity provider. `sessionId` is the sign-in, which
 * signing out ends everywhere (GR2).
 */
export interface UserSession {
  readonly userId: string;
  readonly name: string;
  readonly picture: string | null;
  readonly sessionId: string;
  /** The rooms of the provider's token; null for a guest, who may enter any room. */
  readonly rooms: readonly string[] | null;
  /** When the sign-in ends, in milliseconds since 1970. For a provider's user never later than their token (SE1). */
  readonly expiresAt: number;
}

export const SESSION_COOKIE = "rollcall_session";

/** Half a year. Only this cookie identifies a guest: without it they are a new user to the room. */
const GUEST_LIFETIME_MS = 180 * 24 * 3_600_000;

const AUDIENCE = "rollcall-session";
const schema = v.object({
  sub: v.string(),
  name: v.string(),
  sid: v.string(),
  picture: v.optional(v.nullable(v.string()), null),
  rooms: v.optional(v.nullable(v.array(v.string())), null),
  exp: v.number(),
});

/** Whether the name is still valid. The limit may have been lowered since a guest chose it (SE4). */
export function hasGoodName({ name, rooms }: UserSession): boolean {
  return rooms !== null || readGuestName(name, nameLength()).ok;
}

/**
 * Creates a guest with this name, or renames a known one. A renamed guest stays the same user in the same sign-in, with
 * the same end.
 */
export function guestNamed(name: string, known: UserSession | null, now: number): UserSession {
  if (known) return { ...known, name };
  const expiresAt = now + GUEST_LIFETIME_MS;
  return {
    userId: `guest-${randomUUID()}`,
    name,
    picture: null,
    sessionId: randomUUID(),
    rooms: null,
    expiresAt,
  };
}

/** The cookie's content. */
export async function sealSession(session: UserSession): Promise<string> {
  const { userId, name, picture, sessionId, rooms, expiresAt } = session;
  const payload = { sub: userId, name, sid: sessionId, ...(rooms !== null && { picture, rooms }) };
  return await sign(payload, { key: key(), audience: AUDIENCE, expiresAt });
}

/**
 * Returns the cookie's user. Null without a cookie, if it is invalid, if its sign-in has ended, and if such users are
 * no longer allowed: guests when guests are off, a provider's users when there is no provider.
 * @throws {Problem} 502 if the room server does not say whether the sign-in has ended
 */
export async function openSession(cookie: string | undefined): Promise<UserSession | null> {
  const session = await readSession(cookie);
  return session === null || (await hasEnded(session.sessionId)) ? null : session;
}

/** The same for a page, which grants nothing. Trusts the cookie while the room server does not answer. */
export async function showSession(cookie: string | undefined): Promise<UserSession | null> {
  return await openSession(cookie).catch((error: unknown) => {
    if (error instanceof Problem) return readSession(cookie);
    throw error;
  });
}

/** Ends the sign-in of a cookie and of its copies (SE5). @throws {Problem} 502 if that cannot be stored */
export async function endSession(cookie: string | undefined): Promise<void> {
  const session = await readSession(cookie);
  if (session) await endSignIn({ id: session.sessionId, untilAt: session.expiresAt });
}

/** Returns a cookie's user, even if the sign-in has ended. */
export async function readSession(cookie: string | undefined): Promise<UserSession | null> {
  const sessionKey = key();
  if (!cookie) return null;
  const claims = v.safeParse(schema, await verify(cookie, sessionKey, AUDIENCE));
  if (!claims.success) return null;
  const { sub, name, picture, sid, rooms, exp } = claims.output;
  if (rooms === null ? !guestsAllowed() : !hasProvider()) return null;
  return { userId: sub, name, picture, sessionId: sid, rooms, expiresAt: exp * 1_000 };
}

function key(): Uint8Array {
  return new TextEncoder().encode(secret("ROLLCALL_SESSION_SECRET"));
}
