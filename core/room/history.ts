import type { Gap, Point, Status } from "../shared/terms";

/** One change of a user's status. Erased users leave a change without a name, so that counts stay true (DB3). */
export interface Transition {
  readonly userId: string | null;
  readonly at: number;
  readonly was: Status;
  readonly status: Status;
  /** How many changes it stands for, where a user's changes were too many to be kept one by one (DB5). */
  readonly merged?: number;
}

/** How many users were online and away. */
export interface Presence {
  readonly online: number;
  readonly away: number;
}

/** Changes that are stored together: in order of time, with the counts right before the first. */
export interface HistoryEntry {
  readonly before: Presence;
  readonly transitions: readonly Transition[];
}

/** The counts after a change. */
export function countTransition({ online, away }: Presence, { was, status }: Transition): Presence {
  const delta = (kind: Status): number => Number(status === kind) - Number(was === kind);
  return { online: online + delta("online"), away: away + delta("away") };
}

/** The counts after all changes of an entry. */
export function afterEntry({ before, transitions }: HistoryEntry): Presence {
  return transitions.reduce(countTransition, before);
}

/** What the history of a room is sampled for: instants `from`, `from + stepMs`, … before `to`. */
export interface Sampling {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

/** The instants at which the counts changed, with the counts from then on. */
function* edges(entries: Iterable<HistoryEntry>): Generator<{ at: number; counts: Presence }, undefined> {
  for (const entry of entries) {
    // Each entry brings its own absolute counts, which ends whatever drift a lost write may have left.
    let counts = entry.before;
    for (const transition of entry.transitions) {
      counts = countTransition(counts, transition);
      yield { at: transition.at, counts };
    }
  }
  return undefined;
}

/**
 * Samples the step function that the changes are: each point has the counts exactly at its instant, a
 * change at that very instant included. `entries` are in order and may begin before `from`; `initial`
 * holds before the first of them.
 */
export function sample(
  entries: Iterable<HistoryEntry>,
  initial: Presence,
  gaps: readonly Gap[],
  { from, to, stepMs }: Sampling,
): Point[] {
  const points: Point[] = [];
  const steps = edges(entries);
  let counts = initial;
  let edge = steps.next().value;
  for (let at = from; at < to; at += stepMs) {
    for (; edge && edge.at <= at; edge = steps.next().value) counts = edge.counts;
    const exact = counts;
    let mostOnline = counts.online;
    for (; edge && edge.at < Math.min(at + stepMs, to); edge = steps.next().value) {
      counts = edge.counts;
      mostOnline = Math.max(mostOnline, counts.online);
    }
    points.push(
      isGap(gaps, at) ? { at, online: null, away: null, mostOnline: null } : { at, ...exact, mostOnline },
    );
  }
  return points;
}

function isGap(gaps: readonly Gap[], at: number): boolean {
  return gaps.some(({ fromAt, toAt }) => fromAt <= at && at < toAt);
}
