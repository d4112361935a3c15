import type { JWTPayload } from "jose";
import { endSignIn, hasEnded } from "./ended-sign-ins";
import { Problem } from "../../core/shared/problem";
import { sign, verify } from "./signed";

/** How sessions of one kind are kept in a cookie. */
interface Kind<Session> {
  /** Distinguishes this kind from others. */
  readonly audience: string;
  /** @throws {SettingError} if its secret is not set */
  readonly key: () => Uint8Array;
  /** The id of the sign-in, which signing out ends. */
  readonly signInOf: (session: Session) => string;
  readonly toClaims: (session: Session) => JWTPayload;
  /** Null for claims of an earlier version, and for users who are no longer allowed. */
  readonly toSession: (claims: JWTPayload) => Session | null;
}

/** Sessions of one kind. Each is kept in a signed cookie. `expiresAt` is in milliseconds since 1970. */
export interface CookieSessions<Session> {
  /** Writes a session as a cookie's content. */
  readonly seal: (session: Session) => Promise<string>;
  /** Returns the session of a cookie, even if its sign-in has ended. Null if the cookie is missing or invalid. */
  readonly read: (cookie: string | undefined) => Promise<Session | null>;
  /**
   * Returns the session of a cookie. Null if the cookie is missing or invalid, or if its sign-in has ended.
   * @throws {Problem} 502 if the room server does not say whether the sign-in has ended
   */
  readonly open: (cookie: string | undefined) => Promise<Session | null>;
  /** Like `open`, for a page, which grants nothing. Trusts the cookie while the room server does not answer. */
  readonly show: (cookie: string | undefined) => Promise<Session | null>;
  /** Ends the sign-in of a cookie and of its copies (SE5). @throws {Problem} 502 if that cannot be stored */
  readonly end: (cookie: string | undefined) => Promise<void>;
}

export function cookieSessions<Session extends { readonly expiresAt: number }>({
  audience,
  key,
  signInOf,
  toClaims,
  toSession,
}: Kind<Session>): CookieSessions<Session> {
  async function read(cookie: string | undefined): Promise<Session | null> {
    const verifyingKey = key();
    const claims = cookie ? await verify(cookie, verifyingKey, audience) : null;
    return claims && toSession(claims);
  }

  async function open(cookie: string | undefined): Promise<Session | null> {
    const session = await read(cookie);
    return session === null || (await hasEnded(signInOf(session))) ? null : session;
  }

  return {
    seal: async (session) =>
      await sign(toClaims(session), { key: key(), audience, expiresAt: session.expiresAt }),
    read,
    open,
    show: (cookie) =>
      open(cookie).catch((error: unknown) => {
        if (error instanceof Problem) return read(cookie);
        throw error;
      }),
    async end(cookie) {
      const session = await read(cookie);
      if (session) await endSignIn({ id: signInOf(session), untilAt: session.expiresAt });
    },
  };
}
