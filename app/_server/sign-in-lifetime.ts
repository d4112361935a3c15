/** The longest sign-in that grants more than a guest's: a working day. */
export const WORKING_DAY_MS = 12 * 3_600_000;

/** The longest lifetime of a token from a cookie. A client fetches a new one for each connection (SE1). */
const TOKEN_LIFETIME_S = 120;

/** The lifetime in seconds of a token from a sign-in that ends at `expiresAt`. The token never outlives the sign-in. */
export function tokenLifetimeS(expiresAt: number, now: number): number {
  return Math.min(TOKEN_LIFETIME_S, Math.floor((expiresAt - now) / 1_000));
}

/** The max-age in seconds of the cookie of a sign-in that ends at `expiresAt`. */
export function cookieAgeS(expiresAt: number, now: number): number {
  return Math.max(0, Math.floor((expiresAt - now) / 1_000));
}
