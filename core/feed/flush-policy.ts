import type { Timings } from "../shared/timings";

/** Each receiver adds this to the time between flushes. It is one to two times the cost of a frame. */
const MS_PER_RECEIVER = 0.04;

/** Each user in a flush adds this to the time until the next one. */
const MS_PER_CHANGE = 5;

/** Changes without a pause make a room gather for at most this many times the normal interval. */
const LONGEST_GATHER = 5;

/** The changes have paused when nothing has changed for this part of the time between flushes. */
const PAUSE = 0.25;

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
}

/**
 * When a room sends its gathered changes: at once if it has been quiet, otherwise every `flushMs` (SY2). Rooms with
 * thousands of receivers flush less often. A flush takes so long there that the server would do little else, and would
 * hear heartbeats too late (HB2). Rooms in which many users change without a pause flush less often too: nobody reads
 * ten rosters a second, and each flush is a frame per receiver.
 */
export function flushDueAt(
  { flushMs }: Timings,
  { receivers, flushedAt, flushedUsers, changedAt }: PendingFlush,
): number {
  const everyMs = Math.max(flushMs, receivers * MS_PER_RECEIVER);
  const longestMs = Math.max(everyMs, Math.min(flushedUsers * MS_PER_CHANGE, everyMs * LONGEST_GATHER));
  const pauseAt = changedAt + everyMs * PAUSE;
  return Math.min(Math.max(pauseAt, flushedAt + everyMs), flushedAt + longestMs);
}
