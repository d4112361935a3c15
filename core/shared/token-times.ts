/**
 * A token is accepted if its issuer's clock is ahead by at most this many seconds. Clocks without NTP drift this far.
 */
const AHEAD_TOLERANCE_S = 30;

/** Up to this many seconds ahead the client is asked to return, because the clocks may be corrected by then. */
export const AHEAD_RETRIED_S = 300;

/** A token is accepted for this many seconds after it has expired, because it may have been on its way. */
export const EXPIRED_TOLERANCE_S = 5;

/** The instants of a token, in seconds since 1970 (RFC 7519). */
export interface TokenTimes {
  readonly iat: number;
  readonly exp: number;
  readonly nbf?: number | undefined;
}

/**
 * What is wrong with a token's times. After `expired` and `early` the client returns, because a fresh token or time can
 * help. After `misdated` it does not.
 */
export interface TimeFault {
  readonly reason: "expired" | "early" | "misdated";
  readonly detail: string;
}

/**
 * Checks a token's times (SE1). `nowS` is the server's clock, in seconds since 1970.
 * @returns null if the token is valid now
 */
export function judgeTimes(
  { iat, exp, nbf = iat }: TokenTimes,
  nowS: number,
  maxLifetimeS: number,
): TimeFault | null {
  if (![iat, exp, nbf].every(Number.isFinite))
    return { reason: "misdated", detail: "iat, exp and nbf must be numbers" };
  if (exp <= iat) return { reason: "misdated", detail: "the token expires before it was issued" };
  if (exp - iat > maxLifetimeS)
    return { reason: "misdated", detail: `tokens may be valid for ${maxLifetimeS} seconds at most` };
  const aheadS = Math.max(iat, nbf) - nowS;
  if (aheadS > AHEAD_TOLERANCE_S) {
    const claim = iat >= nbf ? "was issued (iat)" : "becomes valid (nbf)";
    return {
      reason: aheadS <= AHEAD_RETRIED_S ? "early" : "misdated",
      detail: `the token ${claim} ${Math.ceil(aheadS)} s in the future: the clocks of its issuer and of the room server differ`,
    };
  }
  const pastS = nowS - exp;
  if (pastS < EXPIRED_TOLERANCE_S) return null;
  const detail = `the token expired ${Math.ceil(pastS)} s ago: if it is new, the clocks of its issuer and of the room server differ`;
  return { reason: "expired", detail };
}
