/**
 * An estimate of how far the server's clock is ahead of the client's (SY5). A message takes time, so each one proves
 * only that the offset is at least `serverNow - clientNow`. The largest recent value is the best estimate.
 */
export interface ClockOffset {
  readonly offsetMs: number;
  /** The client's instant of the estimate; null before the first. */
  readonly measuredAt: number | null;
}

/** Before the first message the clocks are assumed to agree. */
export const UNKNOWN_OFFSET: ClockOffset = { offsetMs: 0, measuredAt: null };

/** An older estimate is replaced by the next one, because clocks drift and are set. */
const STALE_AFTER_MS = 10 * 60_000;

/** A message that contradicts the estimate by more than this means that a clock was set. */
const CLOCK_SET_MS = 30_000;

/** Updates the estimate with a message that was sent at `serverNow` and received at `clientNow`. */
export function measureOffset(known: ClockOffset, serverNow: number, clientNow: number): ClockOffset {
  const offsetMs = serverNow - clientNow;
  const fresh = { offsetMs, measuredAt: clientNow };
  if (known.measuredAt === null) return fresh;
  const age = clientNow - known.measuredAt;
  const outdated = age > STALE_AFTER_MS || age < 0 || known.offsetMs - offsetMs > CLOCK_SET_MS;
  return outdated || offsetMs > known.offsetMs ? fresh : known;
}

/** The server's time at the client's time `clientNow`. */
export function serverTime(offset: ClockOffset, clientNow: number): number {
  return clientNow + offset.offsetMs;
}
