import * as v from "valibot";
import { cleanText } from "../../core/shared/text";
import type { User } from "../../core/shared/terms";

/** «Notify me when they are online». It ends with the notification, or at `untilAt` (this machine's clock). */
export interface Watch {
  readonly userId: string;
  /** The name when the watch began. */
  readonly name: string;
  readonly untilAt: number;
}

/** Watches end after this time, because a morning's wish is stale by night. */
export const WATCH_MS = 12 * 3_600_000;

/** The most watches of one user. */
export const MOST_WATCHES = 50;

const schema = v.array(
  v.object({ userId: v.string(), name: v.pipe(v.string(), v.transform(cleanText)), untilAt: v.number() }),
);

/** Reads stored watches. The stored text may be anything. Never throws. */
export function parseWatches(text: string | null): readonly Watch[] {
  if (text === null) return [];
  try {
    return v.parse(schema, JSON.parse(text));
  } catch {
    return [];
  }
}

/** Adds a watch that begins at `now`, or removes it. Drops the oldest watches above the limit. */
export function toggleWatch(
  watches: readonly Watch[],
  { id, name }: Pick<User, "id" | "name">,
  now: number,
): readonly Watch[] {
  const others = watches.filter(({ userId }) => userId !== id);
  if (others.length < watches.length) return others;
  return [...others, { userId: id, name, untilAt: now + WATCH_MS }].slice(-MOST_WATCHES);
}

/** The watches that are due now, and those that wait. */
export interface Due {
  readonly due: readonly Watch[];
  readonly waiting: readonly Watch[];
}

/**
 * Sorts watches. A watch is due if its user is online and neither user has "do not disturb" (ST3). Expired watches are
 * in neither list.
 */
export function dueWatches(
  watches: readonly Watch[],
  users: readonly User[],
  { now, doNotDisturb }: { readonly now: number; readonly doNotDisturb: boolean },
): Due {
  const alive = watches.filter(({ untilAt }) => now < untilAt);
  if (alive.length === 0 || doNotDisturb) return { due: [], waiting: alive };
  const here = new Set(users.filter(isReachable).map(({ id }) => id));
  return {
    due: alive.filter(({ userId }) => here.has(userId)),
    waiting: alive.filter(({ userId }) => !here.has(userId)),
  };
}

/** Whether a user is online and may be disturbed. */
export function isReachable({ status, dnd }: User): boolean {
  return status === "online" && !dnd;
}
