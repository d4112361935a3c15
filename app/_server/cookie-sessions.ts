import type { JWTPayload } from "jose";
import type { NextRequest, NextResponse } from "next/server";
import { endSignIn, hasEnded } from "./ended-sign-ins";
import { Problem } from "../../core/shared/problem";
import { withCookie, withoutCookie } from "./set-cookie";
import { cookieAgeS } from "./sign-in-lifetime";
import { sign, verify } from "./signed";

/** Browsers drop a cookie of more than 4,096 bytes, including its name and attributes. */
const COOKIE_LENGTH = 3_800;

/** The cookies of a request or of a page. */
interface Cookies {
  readonly get: (name: string) => { readonly value: string } | undefined;
}

/** How sessions of one kind are kept in a cookie. */
interface Kind<Session> {
  readonly cookie: { readonly name: string; readonly sameSite: "lax" | "strict" };
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
  /** Returns the cookie's session, even if its sign-in has ended. Null if the cookie is missing or invalid. */
  readonly read: (cookies: Cookies) => Promise<Session | null>;
  /**
   * Returns the cookie's session. Null if the cookie is missing or invalid, or if its sign-in has ended.
   * @throws {Problem} 502 if the room server does not say whether the sign-in has ended
   */
  readonly open: (cookies: Cookies) => Promise<Session | null>;
  /** Like `open`, for a page, which grants nothing. Trusts the cookie while the room server does not answer. */
  readonly show: (cookies: Cookies) => Promise<Session | null>;
  /** Ends the sign-in of the cookie and of its copies (SE5). @throws {Problem} 502 if that cannot be stored */
  readonly end: (cookies: Cookies) => Promise<void>;
  /** Sets the cookie to this session with the response. @throws {Problem} 422 if a browser would drop the cookie */
  readonly keep: (request: NextRequest, response: NextResponse, session: Session) => Promise<NextResponse>;
  /** Clears the cookie with the response, which is empty by default. */
  readonly clear: (request: NextRequest, response?: NextResponse) => NextResponse;
}

export function cookieSessions<Session extends { readonly expiresAt: number }>({
  cookie,
  audience,
  key,
  signInOf,
  toClaims,
  toSession,
}: Kind<Session>): CookieSessions<Session> {
  async function seal(session: Session): Promise<string> {
    return await sign(toClaims(session), { key: key(), audience, expiresAt: session.expiresAt });
  }

  async function read(cookies: Cookies): Promise<Session | null> {
    const verifyingKey = key();
    const sealed = cookies.get(cookie.name)?.value;
    const claims = sealed ? await verify(sealed, verifyingKey, audience) : null;
    return claims && toSession(claims);
  }

  async function open(cookies: Cookies): Promise<Session | null> {
    const session = await read(cookies);
    return session === null || (await hasEnded(signInOf(session))) ? null : session;
  }

  return {
    seal,
    read,
    open,
    show: (cookies) =>
      open(cookies).catch((error: unknown) => {
        if (error instanceof Problem) return read(cookies);
        throw error;
      }),
    async end(cookies) {
      const session = await read(cookies);
      if (session) await endSignIn({ id: signInOf(session), untilAt: session.expiresAt });
    },
    async keep(request, response, session) {
      const sealed = await seal(session);
      if (sealed.length > COOKIE_LENGTH) {
        const detail =
          "The token names too many rooms for a sign-in here. Use fewer rooms, or * for every room.";
        throw new Problem(422, detail);
      }
      const maxAge = cookieAgeS(session.expiresAt, Date.now());
      return withCookie(request, response, sealed, { ...cookie, maxAge });
    },
    clear: (request, response) => withoutCookie(request, cookie, response),
  };
}
