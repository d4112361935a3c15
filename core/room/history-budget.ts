import type { Transition } from "./history";
import { STATUSES } from "../shared/statuses";
import type { Status } from "../shared/terms";

/*
 * How much history one user may write. Somebody whose status changes all the time would fill the room's storage: beyond
 * a budget, changes are merged. A merge keeps how long each status held and what the last change led to, so that totals
 * and the last state stay exact; only the order within it is lost.
 */

/** So many changes of a user are recorded one by one. */
export const BUDGET = 60;
/** A budget that is used up grows by one change in so long, while the user's status does not change. */
const REFILL_MS = 60_000;
/** The room's counts follow a user whose changes are merged so often. */
const SAMPLE_MS = 5 * 60_000;
/** A merge ends when the user's status has not changed for so long. */
const QUIET_MS = 5 * 60_000;
/** A merge covers no more than this; a longer one is followed by another. */
const LONGEST_MS = 60 * 60_000;

/** Changes of one user that are kept as one. Small plain data: it is kept with the user while it is open. */
export interface Merge {
  /** When the first of the changes was, and the status before it. */
  readonly fromAt: number;
  readonly was: Status;
  /** When the last of the changes was, and the status that it led to. */
  toAt: number;
  status: Status;
  /** How many changes there were. */
  changes: number;
  /** How long each status held between the first change and the last, in milliseconds. */
  readonly spentMs: Record<Status, number>;
}

/** What a user has left of the budget, and the merge that is open. */
export interface Pace {
  left: number;
  at: number;
  open: (Merge & Sampled) | null;
}

/** What the room's own timeline has of somebody whose changes are merged. */
interface Sampled {
  recorded: Status;
  recordedAt: number;
  /** How many changes that timeline has left out since. */
  omitted: number;
}

/** What is to be written. */
export interface Recorded {
  /** For the room's timeline; null when nothing is to be added to it. */
  readonly transition: Transition | null;
  /** A merge that has ended, for the user's own history. */
  readonly merge: Merge | null;
}

const NOTHING: Recorded = { transition: null, merge: null };

/** A full budget. */
export function newPace(): Pace {
  return { left: BUDGET, at: 0, open: null };
}

/** Whether there is anything about it to keep. */
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

/** When the open merge ends if nothing changes any more; Infinity without one. */
export function settlesAt({ open }: Pace): number {
  return open ? open.toAt + QUIET_MS : Infinity;
}

/** Ends the open merge once its time has come, and brings the room's timeline to the user's status (DB5). */
export function settle(pace: Pace, userId: string, now: number): Recorded {
  return now < settlesAt(pace) ? NOTHING : endMerge(pace, userId, now);
}

/** Ends the open merge, if there is one, whether its time has come or not (DB5). */
export function endMerge(pace: Pace, userId: string, now: number): Recorded {
  return pace.open ? close(pace, pace.open, { userId, at: now }) : NOTHING;
}

function close(pace: Pace, open: Merge & Sampled, at: Pick<Transition, "userId" | "at">): Recorded {
  pace.open = null;
  const transition = sample(open, at);
  const { fromAt, was, toAt, status, changes, spentMs } = open;
  return { transition, merge: { fromAt, was, toAt, status, changes, spentMs } };
}

/** The change that brings the room's timeline to the user's status, marked with how many it stands for. */
function sample(open: Merge & Sampled, { userId, at }: Pick<Transition, "userId" | "at">): Transition | null {
  const { recorded, status, omitted } = open;
  open.recordedAt = at;
  if (recorded === status) return null;
  open.recorded = status;
  open.omitted = 0;
  return { userId, at, was: recorded, status, merged: omitted };
}

/**
 * A merge as changes: each status holds in one piece for as long as it held in all, and the last one is what it was. The
 * first of them is marked with how many there were.
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
