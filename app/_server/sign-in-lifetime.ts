/** A working day: the longest that a sign-in lasts which grants more than a guest's. */
export const WORKING_DAY_MS = 12 * 3_600_000;

/** The longest that a token lasts which is made from a cookie. A client asks for a new one each time that it connects (SE1). */
const TOKEN_LIFETIME_S = 120;

/** For how many seconds a room's token may be good that is made from a sign-in which ends at `expiresAt`: never longer than that. */
export function tokenLifetimeS(expiresAt: number, now: number): number {
  return Math.min(TOKEN_LIFETIME_S, Math.floor((expiresAt - now) / 1_000));
}

/** For how many seconds a browser is to keep the cookie of a sign-in which ends at `expiresAt`. */
export function cookieAgeS(expiresAt: number, now: number): number {
  return Math.max(0, Math.floor((expiresAt - now) / 1_000));
}
