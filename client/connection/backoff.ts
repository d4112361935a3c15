/** How long a live connection must last before the next loss counts as the first one again. */
const STABLE_AFTER_MS = 10_000;

/** The spread of this attempt is half the grace: more would show those as gone who were cut off a few times. */
const SECOND = 2;

/** A wake or a returning network leaves at most this much of a wait: many machines share a network. */
const HURRIED_DELAY_MS = 500;

/** Below it a broken setting would turn the jitter off. */
const SHORTEST_SPREAD_MS = 50;

/** Chance may say «now» again and again; a server in trouble must not be asked in a loop. */
const SHORTEST_RETRY_MS = 100;

/** How long a client may wait, as the server says. */
export interface Waits {
  /** The first reconnect comes within this, in milliseconds. */
  readonly spreadMs: number;
  /** No wait is longer, in milliseconds. */
  readonly withinMs: number;
}

/**
 * How long to wait before reconnect number `attempt`, from 1 (HB7): a random moment within the spread, which
 * doubles with each further attempt up to `withinMs`; from the second on, not at once. `random` is in [0, 1).
 */
export function reconnectDelay(attempt: number, { spreadMs, withinMs }: Waits, random: number): number {
  const spread = Math.max(SHORTEST_SPREAD_MS, spreadMs);
  const longest = Math.max(spread, withinMs);
  const delay = Math.floor(random * Math.min(longest, spread * 2 ** (attempt - 1)));
  return attempt === 1 ? delay : Math.max(SHORTEST_RETRY_MS, delay);
}

/**
 * Which attempt follows the loss of a connection that lived for `livedMs` and took attempt number `attempt`
 * to get. A server that accepts and fails at once must not be met with fast first attempts for ever; but it
 * does accept, so the next attempt comes well within the grace (GR1).
 */
export function attemptAfterLoss(attempt: number, livedMs: number): number {
  return livedMs >= STABLE_AFTER_MS ? 1 : Math.min(attempt + 1, SECOND);
}

/** What to leave of a wait that an event cuts short (HB7): still a little jitter, never more than before. */
export function hurriedDelay(remainingMs: number, random: number): number {
  return Math.floor(random * Math.max(0, Math.min(remainingMs, HURRIED_DELAY_MS)));
}
