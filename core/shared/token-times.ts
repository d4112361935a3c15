/** A token whose issuer's clock is ahead by at most this many seconds is good at once: machines without NTP drift that far. */
const AHEAD_TOLERANCE_S = 30;

/** Up to this many seconds ahead the client is asked to come back: the clocks may be set right, or the instant arrives. */
export const AHEAD_RETRIED_S = 300;

/** A token is good for this many seconds after it has expired: it may have been on its way. */
export const EXPIRED_TOLERANCE_S = 5;

/** The instants of a token, in seconds since 1970 (RFC 7519). */
export interface TokenTimes {
  readonly iat: number;
  readonly exp: number;
  readonly nbf?: number | undefined;
}

/**
 * What is wrong with a token's instants. `expired` and `early` pass with a fresh token or with time, so the client
 * returns; `misdated` does not.
 */
export interface TimeFault {
  readonly reason: "expired" | "early" | "misdated";
  readonly detail: string;
}

/**
 * Judges when a token is good (SE1). `nowS` is the server's clock, in seconds since 1970.
 * @returns null while it is good
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
    return { reason: "misdated", detail: `tokens may live ${maxLifetimeS} seconds at most` };
  const aheadS = Math.max(iat, nbf) - nowS;
  if (aheadS > AHEAD_TOLERANCE_S) {
    const claim = iat >= nbf ? "was issued (iat)" : "begins to be good (nbf)";
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
