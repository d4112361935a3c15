import type { Timings } from "../shared/timings";

/** What a frame to one more receiver may add to the time between flushes: some one to two times what it costs. */
const MS_PER_RECEIVER = 0.04;

/** What one more change in a flush may add to the time until the next. */
const MS_PER_CHANGE = 5;

/** Many changes make a room wait so many times as long, at most. */
const LONGEST_GATHER = 5;

/** A room in which nothing has changed for this part of the time between flushes has had its storm. */
const LULL = 0.25;

/** What a room knows when it asks for its next flush. */
export interface Gathering {
  /** Sockets in the room. */
  readonly receivers: number;
  /** When the last flush was; milliseconds, as all instants. */
  readonly flushedAt: number;
  /** How many users it told of. */
  readonly told: number;
  /** When there was last something new to tell. */
  readonly newsAt: number;
}

/**
 * When a room tells what it has gathered: at once when it has been quiet, and every `flushMs` otherwise. In a room of
 * thousands of receivers less often, since telling takes so long there that a server which did it ten times a second
 * would do little else, heartbeats not heard included (HB2). And while many change without a pause less often, too:
 * nobody reads ten rosters a second of which each replaces the last, and each is a frame per receiver (SY2).
 */
export function flushDueAt({ flushMs }: Timings, { receivers, flushedAt, told, newsAt }: Gathering): number {
  const everyMs = Math.max(flushMs, receivers * MS_PER_RECEIVER);
  const longestMs = Math.max(everyMs, Math.min(told * MS_PER_CHANGE, everyMs * LONGEST_GATHER));
  const lullAt = newsAt + everyMs * LULL;
  return Math.min(Math.max(lullAt, flushedAt + everyMs), flushedAt + longestMs);
}
