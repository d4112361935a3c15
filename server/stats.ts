import type { Histogram, Stats } from "../core/shared/api-answers";
import type { Changes } from "../core/room/room";
import type { WallClock } from "../core/room/room-clock";

/** Upper bounds of the buckets of silences before a death, in milliseconds (HB9). */
export const SILENCE_BOUNDS_MS = [
  5_000, 10_000, 15_000, 18_000, 19_000, 20_000, 22_000, 25_000, 30_000, 60_000,
] as const;

/** Upper bounds of the buckets of users in a flush. */
export const FLUSH_BOUNDS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000] as const;

/** The figures of a new room. */
export function newStats(): Stats {
  return {
    connects: 0,
    messagesIn: 0,
    framesOut: 0,
    flushes: 0,
    errors: {},
    closes: {},
    falseOfflines: 0,
    webhooks: { delivered: 0, failed: 0, refused: 0, dropped: 0 },
    silence: newHistogram(SILENCE_BOUNDS_MS),
    flushSize: newHistogram(FLUSH_BOUNDS),
    peak: { day: "", online: 0, at: 0 },
    lastActivityAt: null,
  };
}

/** Reads stored figures. Figures of newer versions start at 0. */
export function readStats(stored: Stats | undefined): Stats {
  const fresh = newStats();
  return { ...fresh, ...stored, webhooks: { ...fresh.webhooks, ...stored?.webhooks } };
}

/** Counts the changes of an event. */
export function countChanges(
  stats: Stats,
  { closes, deaths, falseOfflines, transitions }: Changes,
  clock: WallClock,
): void {
  for (const { code } of closes) increment(stats.closes, String(code));
  for (const { silentMs } of deaths) observe(stats.silence, SILENCE_BOUNDS_MS, silentMs);
  stats.falseOfflines += falseOfflines.length;
  for (const { at } of transitions) stats.lastActivityAt = clock.wallAt(at);
}

/** Counts a flush of this many users. */
export function countFlush(stats: Stats, users: number): void {
  stats.flushes += 1;
  observe(stats.flushSize, FLUSH_BOUNDS, users);
}

/** Updates the day's peak of users online. `now` is wall time (TM2). */
export function notePeak(stats: Stats, online: number, now: number): void {
  const day = new Date(now).toISOString().slice(0, 10);
  if (stats.peak.day !== day || online > stats.peak.online) stats.peak = { day, online, at: now };
}

/** Adds one to a count by name. */
export function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function newHistogram(bounds: readonly number[]): Histogram {
  return { counts: bounds.map(() => 0), count: 0, sum: 0 };
}

function observe(histogram: Histogram, bounds: readonly number[], value: number): void {
  histogram.count += 1;
  histogram.sum += value;
  for (const [index, bound] of bounds.entries()) {
    if (value <= bound) histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
  }
}
