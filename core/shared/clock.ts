/**
 * An estimate of how far the server's clock is ahead of the client's (SY5). A message takes time, so
 * each one proves only that the offset is at least `serverNow - clientNow`; the largest recent proof is
 * the best estimate.
 */
export interface ClockOffset {
  readonly offsetMs: number;
  /** The client's instant of the estimate; null before the first. */
  readonly measuredAt: number | null;
}

/** Before anything is known the clocks are taken to agree. */
export const UNKNOWN_OFFSET: ClockOffset = { offsetMs: 0, measuredAt: null };

/** An estimate this old yields to a newer one: clocks drift, and are set. */
const STALE_AFTER_MS = 10 * 60_000;

/** A proof that contradicts the estimate by more than this means that a clock was set. */
const CLOCK_SET_MS = 30_000;

/** Takes one message into account, sent at `serverNow` and received at `clientNow`. */
export function measureOffset(known: ClockOffset, serverNow: number, clientNow: number): ClockOffset {
  const offsetMs = serverNow - clientNow;
  const fresh = { offsetMs, measuredAt: clientNow };
  if (known.measuredAt === null) return fresh;
  const age = clientNow - known.measuredAt;
  const outdated = age > STALE_AFTER_MS || age < 0 || known.offsetMs - offsetMs > CLOCK_SET_MS;
  return outdated || offsetMs > known.offsetMs ? fresh : known;
}

/** The server's time at the client's instant `clientNow`. */
export function serverTime(offset: ClockOffset, clientNow: number): number {
  return clientNow + offset.offsetMs;
}
