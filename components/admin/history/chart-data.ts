import type { Counts } from "../../../core/shared/roster-query";
import type { RoomHistory } from "../../../core/shared/api-answers";
import type { Point } from "../../../core/shared/terms";

/** One point of the chart; null while the server was down. */
export type ChartPoint = Point;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The length, the step and the refresh interval of each range. */
export const RANGES = {
  day: { lengthMs: DAY_MS, stepMs: 5 * 60_000, everyMs: 10_000, rowMs: HOUR_MS },
  week: { lengthMs: 7 * DAY_MS, stepMs: 30 * 60_000, everyMs: 60_000, rowMs: DAY_MS },
} as const;

/** The address to fetch. It stays the same during a step, so that a refresh replaces the response. */
export function historyQuery(range: keyof typeof RANGES, now: number): string {
  const { lengthMs, stepMs } = RANGES[range];
  const from = Math.floor(now / stepMs) * stepMs - lengthMs;
  return `from=${from}&step=${stepMs}`;
}

/** The sampled points, with the current counts as the last. */
export function chartPoints({ points, now }: RoomHistory, { online, away }: Counts): ChartPoint[] {
  const current = { at: now, online, away, mostOnline: online, mostOnlineAt: now };
  return [...points.filter(({ at }) => at < now), current];
}

/** Columns of equal length for the chart: seconds, online, away. */
export function toColumns(points: readonly ChartPoint[]): [number[], (number | null)[], (number | null)[]] {
  return [
    points.map(({ at }) => at / 1_000),
    points.map(({ online }) => online),
    points.map(({ away }) => away),
  ];
}

/** The most users online at once, and when that began; null if unknown. */
export function peakOf(
  points: readonly ChartPoint[],
): { readonly online: number; readonly at: number } | null {
  let peak: { online: number; at: number } | null = null;
  for (const { at, mostOnline, mostOnlineAt } of points) {
    if (mostOnline !== null && (peak === null || mostOnline > peak.online))
      peak = { online: mostOnline, at: mostOnlineAt ?? at };
  }
  return peak;
}

/** The peaks of each hour or day, for a table. Null if the server was down all the time. */
export function tableRows(
  points: readonly ChartPoint[],
  rowMs: number,
): readonly { readonly at: number; readonly online: number | null; readonly away: number | null }[] {
  const rows = new Map<number, { at: number; online: number | null; away: number | null }>();
  const start = points[0]?.at ?? 0;
  for (const { at, mostOnline, away } of points) {
    const index = Math.floor((at - start) / rowMs);
    const row = rows.get(index) ?? { at, online: null, away: null };
    rows.set(index, { at: row.at, online: most(row.online, mostOnline), away: most(row.away, away) });
  }
  return [...rows.values()];
}

function most(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
