/** How long a live connection must last before the next loss counts as the first one again. */
export const STABLE_AFTER_MS = 10_000;

/** No wait is longer. */
export const LONGEST_DELAY_MS = 30_000;

/** A wake or a returning network leaves at most this much of a wait: many machines share a network. */
const HURRIED_DELAY_MS = 500;

/** Below it a broken setting would turn the jitter off. */
const SHORTEST_SPREAD_MS = 50;

/** Chance may say «now» again and again; a server in trouble must not be asked in a loop. */
const SHORTEST_RETRY_MS = 100;

/**
 * How long to wait before reconnect number `attempt`, from 1 (HB7): a random moment within the spread,
 * which doubles with each further attempt up to 30 s; from the second on, not at once. `random` is in [0, 1).
 */
export function reconnectDelay(attempt: number, spreadMs: number, random: number): number {
  const spread = Math.max(SHORTEST_SPREAD_MS, spreadMs);
  const delay = Math.floor(random * Math.min(LONGEST_DELAY_MS, spread * 2 ** (attempt - 1)));
  return attempt === 1 ? delay : Math.max(SHORTEST_RETRY_MS, delay);
}

/** What to leave of a wait that an event cuts short (HB7): still a little jitter, never more than before. */
export function hurriedDelay(remainingMs: number, random: number): number {
  return Math.floor(random * Math.max(0, Math.min(remainingMs, HURRIED_DELAY_MS)));
}
