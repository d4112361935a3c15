import type { Status } from "../../../core/shared/terms";
import type { PersonHistory } from "../../../core/shared/api-answers";

/** A segment of a day: a status, a time without the server, or an unknown time. */
export interface Segment {
  readonly kind: Status | "down" | "unknown";
  readonly fromAt: number;
  readonly toAt: number;
}

/** A user's history as segments without gaps, in order of time. The status is unknown while the server was down. */
export function daySegments({
  from,
  to,
  initial,
  knownSinceAt,
  changes,
  gaps,
}: Pick<PersonHistory, "from" | "to" | "initial" | "knownSinceAt" | "changes" | "gaps">): Segment[] {
  const segments: Segment[] = [];
  let kind: Segment["kind"] = initial ?? "unknown";
  // The day of a person begins when they were first seen.
  let fromAt = Math.max(from, knownSinceAt ?? from);
  for (const { at, status } of changes) {
    segments.push({ kind, fromAt, toAt: at });
    kind = status;
    fromAt = at;
  }
  segments.push({ kind, fromAt, toAt: to });
  return merged(gaps.reduce(cut, segments));
}

/** The total duration of each status. */
export function totals(segments: readonly Segment[]): Readonly<Record<Segment["kind"], number>> {
  const sums = { online: 0, away: 0, offline: 0, down: 0, unknown: 0 };
  for (const { kind, fromAt, toAt } of segments) sums[kind] += toAt - fromAt;
  return sums;
}

/** Marks one time without the server in the segments. */
function cut(segments: Segment[], { fromAt, toAt }: { fromAt: number; toAt: number }): Segment[] {
  return segments.flatMap((segment): Segment[] => {
    const start = Math.max(segment.fromAt, fromAt);
    const end = Math.min(segment.toAt, toAt);
    if (start >= end) return [segment];
    return [
      { ...segment, toAt: start },
      { kind: "down", fromAt: start, toAt: end },
      { ...segment, fromAt: end },
    ];
  });
}

/** Joins neighbours of one kind, and drops empty segments. */
function merged(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  for (const segment of segments) {
    if (segment.toAt <= segment.fromAt) continue;
    const last = result.at(-1);
    if (last?.kind === segment.kind) result[result.length - 1] = { ...last, toAt: segment.toAt };
    else result.push(segment);
  }
  return result;
}
