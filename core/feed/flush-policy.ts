import type { Timings } from "../shared/timings";

/** What a flush costs per receiver, at most: a frame takes half as long. */
const MS_PER_RECEIVER = 0.04;

/** A flush may take a quarter of the time, as long as that is less than `flushMs`. */
const REST_PER_COST = 4;

/** Each user in a flush adds this to the time until the next one. */
const MS_PER_CHANGE = 5;

/** Changes without a pause make a room gather for at most this many times the normal interval. */
const LONGEST_GATHER = 5;

/** The changes have paused when nothing has changed for this part of the time between flushes, and for longer than lately. */
const PAUSE = 0.25;

/** Gaps between bursts differ by this much. */
const LONGER = 1.5;

/** The state of a room that has changes to send. */
export interface PendingFlush {
  /** Sockets in the room. */
  readonly receivers: number;
  /** When the last flush was. */
  readonly flushedAt: number;
  /** How many users the last flush contained. */
  readonly flushedUsers: number;
  /** When a user last changed. */
  readonly changedAt: number;
  /** The longest time between two changes lately. */
  readonly gapMs: number;
}

/**
 * The shortest time between two flushes of a busy room, in milliseconds: four times what a flush costs, but no more than
 * `flushMs` unless the cost itself is more.
 */
export function flushIntervalMs({ flushMs }: Timings, receivers: number): number {
  const costMs = receivers * MS_PER_RECEIVER;
  return Math.max(costMs, Math.min(flushMs, costMs * REST_PER_COST));
}

/**
 * The gap to remember when a user changes, `sinceMs` after the one before. The time since a change in a quiet room is
 * none.
 */
export function rememberGap(intervalMs: number, gapMs: number, sinceMs: number): number {
  return sinceMs > intervalMs * LONGEST_GATHER ? 0 : Math.max(gapMs, sinceMs);
}

/**
 * When a room sends its gathered changes: at once if it has been quiet, otherwise as often as it can afford (SY2). Rooms
 * with thousands of receivers flush less often. A flush takes so long there that the server would do little else, and
 * would hear heartbeats too late (HB2). Rooms in which many users change without a pause flush less often too: nobody
 * reads ten rosters a second, and each flush is a frame per receiver. A busy runtime delivers messages in bursts, so a
 * gap is a pause only if it is longer than those before it.
 */
export function flushDueAt(
  timings: Timings,
  { receivers, flushedAt, flushedUsers, changedAt, gapMs }: PendingFlush,
): number {
  const everyMs = flushIntervalMs(timings, receivers);
  const longestMs = Math.max(everyMs, Math.min(flushedUsers * MS_PER_CHANGE, everyMs * LONGEST_GATHER));
  const pauseAt = changedAt + Math.max(everyMs * PAUSE, gapMs * LONGER);
  return Math.ceil(Math.min(Math.max(pauseAt, flushedAt + everyMs), flushedAt + longestMs));
}
