import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { readGuestName } from "../../components/session/guest-name";
import { cookieSessions } from "./cookie-sessions";
import { guestsAllowed, hasProvider, nameLength, secret } from "./settings";

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

/** Half a year. Only this cookie identifies a guest: without it they are a new user to the room. */
const GUEST_LIFETIME_MS = 180 * 24 * 3_600_000;

const schema = v.object({
  sub: v.string(),
  name: v.string(),
  sid: v.string(),
  picture: v.optional(v.nullable(v.string()), null),
  rooms: v.optional(v.nullable(v.array(v.string())), null),
  exp: v.number(),
});

/** Guests are not read while guests are off, and a provider's users while there is no provider. */
export const userSessions = cookieSessions<UserSession>({
  cookie: { name: "rollcall_session", sameSite: "lax" },
  audience: "rollcall-session",
  key: () => new TextEncoder().encode(secret("ROLLCALL_SESSION_SECRET")),
  signInOf: ({ sessionId }) => sessionId,
  toClaims: ({ userId, name, picture, sessionId, rooms }) => ({
    sub: userId,
    name,
    sid: sessionId,
    ...(rooms !== null && { picture, rooms }),
  }),
  toSession(claims) {
    const parsed = v.safeParse(schema, claims);
    if (!parsed.success) return null;
    const { sub, name, picture, sid, rooms, exp } = parsed.output;
    if (rooms === null ? !guestsAllowed() : !hasProvider()) return null;
    return { userId: sub, name, picture, sessionId: sid, rooms, expiresAt: exp * 1_000 };
  },
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
