import type { Gap, PastReason, Point, Reason, Status } from "../shared/terms";

/** One change of a user's status. Changes of erased users stay without an id, so that counts stay correct (DB3). */
export interface Transition {
  readonly userId: string | null;
  readonly at: number;
  readonly was: Status;
  readonly status: Status;
  /** Why. Changes of earlier versions and merged ones have none. */
  readonly reason?: PastReason;
  /** The number of changes that were merged into this one (DB5). */
  readonly merged?: number;
}

/** What the history keeps of a reason (ST5). */
export function pastReason(reason: Reason): PastReason {
  switch (reason.kind) {
    case "missed":
      return { kind: reason.kind, misses: reason.misses, evidenceAt: reason.lastHeardAt };
    case "dropped":
    case "closed":
      return { kind: reason.kind, evidenceAt: reason.fromAt };
    case "restart":
      return { kind: reason.kind, evidenceAt: reason.lastProofAt };
    default:
      return { kind: reason.kind };
  }
}

/** Counts of online and away users. */
export interface Presence {
  readonly online: number;
  readonly away: number;
}

/** Changes that are stored together, in order of time, with the counts before the first. */
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

/** The instants at which a history is sampled: `from`, `from + stepMs`, … before `to`. */
export interface Sampling {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

/** The instants at which the counts changed, with the counts after the change. */
function* edges(entries: Iterable<HistoryEntry>): Generator<{ at: number; counts: Presence }, undefined> {
  for (const entry of entries) {
    // Each entry has absolute counts, so the error of a lost write ends with the next entry.
    let counts = entry.before;
    for (const transition of entry.transitions) {
      counts = countTransition(counts, transition);
      yield { at: transition.at, counts };
    }
  }
  return undefined;
}

/**
 * Samples the counts over time. Each point has the counts exactly at its instant, changes at that instant included.
 * `entries` are in order and may begin before `from`. `initial` has the counts before the first entry. Nothing is known
 * from before `beginsAt`, which is the first point if it is later than `from`.
 */
export function sample(
  entries: Iterable<HistoryEntry>,
  initial: Presence,
  gaps: readonly Gap[],
  { from, to, stepMs }: Sampling,
  beginsAt = from,
): Point[] {
  const points: Point[] = [];
  const steps = edges(entries);
  let counts = initial;
  let edge = steps.next().value;
  for (let stepAt = from; stepAt < to; stepAt += stepMs) {
    const endAt = Math.min(stepAt + stepMs, to);
    const at = Math.max(stepAt, beginsAt);
    if (at >= endAt) continue;
    for (; edge && edge.at <= at; edge = steps.next().value) counts = edge.counts;
    const exact = counts;
    let most = { mostOnline: counts.online, mostOnlineAt: at };
    for (; edge && edge.at < endAt; edge = steps.next().value) {
      counts = edge.counts;
      if (counts.online > most.mostOnline) most = { mostOnline: counts.online, mostOnlineAt: edge.at };
    }
    points.push(isGap(gaps, at) ? { at, ...UNKNOWN } : { at, ...exact, ...most });
  }
  return points;
}

const UNKNOWN = { online: null, away: null, mostOnline: null, mostOnlineAt: null };

function isGap(gaps: readonly Gap[], at: number): boolean {
  return gaps.some(({ fromAt, toAt }) => fromAt <= at && at < toAt);
}
