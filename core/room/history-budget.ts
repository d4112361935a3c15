import type { Transition } from "./history";
import { STATUSES } from "../shared/statuses";
import type { Status } from "../shared/terms";

/*
 * How much history one user may write (DB5). Without a limit, a user whose status changes all the time would fill the
 * room's storage. Beyond a budget, changes are merged. A merge keeps the time spent in each status and the last status,
 * which stay exact. Only the order of the changes is lost.
 */

/** Changes of a user that are recorded one by one. */
export const BUDGET = 60;
/** While the user's status does not change, the budget grows by one change in this time. */
const REFILL_MS = 60_000;
/** The room's timeline follows a user whose changes are merged at this interval. */
const SAMPLE_MS = 5 * 60_000;
/** A merge ends when the user's status has not changed for this long. */
const QUIET_MS = 5 * 60_000;
/** The longest time that one merge covers. The next change after it begins another. */
const LONGEST_MS = 60 * 60_000;

/** Changes of one user that are stored as one. Plain data: an open merge is stored with its user. */
export interface Merge {
  /** The instant of the first change, and the status before it. */
  readonly fromAt: number;
  readonly was: Status;
  /** The instant of the last change, and the status after it. */
  toAt: number;
  status: Status;
  /** The number of changes. */
  changes: number;
  /** Time spent in each status between the first and the last change. */
  readonly spentMs: Record<Status, number>;
}

/** The rest of a user's budget, and the open merge. */
export interface Pace {
  left: number;
  at: number;
  open: (Merge & Sampled) | null;
}

/** What the room's timeline has recorded of a user whose changes are merged. */
interface Sampled {
  recorded: Status;
  recordedAt: number;
  /** Changes since then that the timeline left out. */
  omitted: number;
}

/** What has to be written to storage. */
export interface Recorded {
  /** For the room's timeline; null if there is nothing to add. */
  readonly transition: Transition | null;
  /** An ended merge, for the user's own history. */
  readonly merge: Merge | null;
}

const NOTHING: Recorded = { transition: null, merge: null };

/** A full budget. */
export function newPace(): Pace {
  return { left: BUDGET, at: 0, open: null };
}

/** Whether it differs from a full budget, so that it has to be stored. */
export function isSpent({ left, open }: Pace): boolean {
  return open !== null || left < BUDGET;
}

/** Decides how a change of the user's status is recorded (DB5). */
export function record(pace: Pace, transition: Transition): Recorded {
  const { at, was, status } = transition;
  const { open } = pace;
  if (open) {
    open.spentMs[open.status] += Math.max(0, at - open.toAt);
    open.toAt = Math.max(open.toAt, at);
    open.status = status;
    open.changes += 1;
    open.omitted += 1;
    pace.at = at;
    if (at - open.fromAt >= LONGEST_MS) return close(pace, open, transition);
    return at - open.recordedAt >= SAMPLE_MS
      ? { transition: sample(open, transition), merge: null }
      : NOTHING;
  }
  pace.left = Math.min(BUDGET, pace.left + Math.max(0, at - pace.at) / REFILL_MS);
  pace.at = at;
  if (pace.left >= 1) {
    pace.left -= 1;
    return { transition, merge: null };
  }
  pace.open = {
    fromAt: at,
    was,
    toAt: at,
    status,
    changes: 1,
    spentMs: { online: 0, away: 0, offline: 0 },
    recorded: was,
    recordedAt: at,
    omitted: 1,
  };
  return NOTHING;
}

/** When the open merge ends if nothing else changes; Infinity without one. */
export function settlesAt({ open }: Pace): number {
  return open ? open.toAt + QUIET_MS : Infinity;
}

/** Ends the open merge if it is due, and updates the room's timeline to the user's status (DB5). */
export function settle(pace: Pace, userId: string, now: number): Recorded {
  return now < settlesAt(pace) ? NOTHING : endMerge(pace, userId, now);
}

/** Ends the open merge, if there is one, even before it is due (DB5). */
export function endMerge(pace: Pace, userId: string, now: number): Recorded {
  return pace.open ? close(pace, pace.open, { userId, at: now }) : NOTHING;
}

function close(pace: Pace, open: Merge & Sampled, at: Pick<Transition, "userId" | "at">): Recorded {
  pace.open = null;
  const transition = sample(open, at);
  const { fromAt, was, toAt, status, changes, spentMs } = open;
  return { transition, merge: { fromAt, was, toAt, status, changes, spentMs } };
}

/** The change that updates the room's timeline to the user's status, marked with the number of changes it replaces. */
function sample(open: Merge & Sampled, { userId, at }: Pick<Transition, "userId" | "at">): Transition | null {
  const { recorded, status, omitted } = open;
  open.recordedAt = at;
  if (recorded === status) return null;
  open.recorded = status;
  open.omitted = 0;
  return { userId, at, was: recorded, status, merged: omitted };
}

/**
 * A merge as changes. Each status appears once, for as long as it held in total, and the last status is exact. The
 * first change is marked with the number of merged changes.
 */
export function unmerge(merge: Merge): Omit<Transition, "userId">[] {
  const { fromAt, was, toAt, status, spentMs, changes } = merge;
  const rank = (each: Status): number => (each === status ? 2 : each === was ? 0 : 1);
  const order = STATUSES.toReversed()
    .filter((each) => spentMs[each] > 0)
    .toSorted((a, b) => rank(a) - rank(b));
  const told: Omit<Transition, "userId">[] = [];
  let current = was;
  let at = fromAt;
  for (const next of order) {
    if (next !== current) told.push({ at, was: current, status: next });
    current = next;
    at += spentMs[next];
  }
  if (current !== status) told.push({ at: toAt, was: current, status });
  return told.map((each, index) => (index === 0 ? { ...each, merged: changes } : each));
}
