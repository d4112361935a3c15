/** How long a live connection must last before the next loss counts as the first one again. */
const STABLE_AFTER_MS = 10_000;

/**
 * The spread of this attempt is half the grace. With more, users who lost the connection a few times would be shown as
 * gone.
 */
const SECOND = 2;

/**
 * After a wake or a return of the network at most this much of a wait remains. It is not 0, because many machines share
 * a network.
 */
const HURRIED_DELAY_MS = 500;

/** The shortest spread, so that a wrong setting cannot turn the jitter off. */
const SHORTEST_SPREAD_MS = 50;

/** Random delays may be near 0 several times in a row. A server in trouble must not get requests in a loop. */
const SHORTEST_RETRY_MS = 100;

/** The server's limits for waits. */
export interface Waits {
  /** The first reconnect comes within this, in milliseconds. */
  readonly spreadMs: number;
  /** No wait is longer, in milliseconds. */
  readonly withinMs: number;
}

/**
 * Returns how long to wait before reconnect number `attempt`, from 1 (HB7): a random time within the spread. The spread
 * doubles with each attempt, up to `withinMs`. From the second attempt on there is a shortest wait. `random` is in [0,
 * 1).
 */
export function reconnectDelay(attempt: number, { spreadMs, withinMs }: Waits, random: number): number {
  const spread = Math.max(SHORTEST_SPREAD_MS, spreadMs);
  const longest = Math.max(spread, withinMs);
  const delay = Math.floor(random * Math.min(longest, spread * 2 ** (attempt - 1)));
  return attempt === 1 ? delay : Math.max(SHORTEST_RETRY_MS, delay);
}

/**
 * Returns the number of the attempt after the loss of a connection that lasted `livedMs` and came with attempt number
 * `attempt`. A server that accepts and fails at once must not get fast first attempts for ever. But it accepts, so the
 * next attempt comes well within the grace (GR1).
 */
export function attemptAfterLoss(attempt: number, livedMs: number): number {
  return livedMs >= STABLE_AFTER_MS ? 1 : Math.min(attempt + 1, SECOND);
}

/** Returns the rest of a wait that an event cuts short (HB7): a little jitter, and never more than before. */
export function hurriedDelay(remainingMs: number, random: number): number {
  return Math.floor(random * Math.max(0, Math.min(remainingMs, HURRIED_DELAY_MS)));
}
