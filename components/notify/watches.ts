import * as v from "valibot";
import { cleanText } from "../../core/shared/text";
import type { UserView } from "../../core/shared/terms";

/** «Notify me when they are online»: told once, then forgotten; forgotten untold at `untilAt` (this machine's clock). */
export interface Watch {
  readonly userId: string;
  /** As the reader knew them when they asked. */
  readonly name: string;
  readonly untilAt: number;
}

/** A wish of this morning is stale by night. */
export const WATCH_MS = 12 * 3_600_000;

/** One page does not wait for a whole company. */
export const MOST_WATCHES = 50;

const schema = v.array(
  v.object({ userId: v.string(), name: v.pipe(v.string(), v.transform(cleanText)), untilAt: v.number() }),
);

/** Reads what a page has kept, which may be anything. Never throws. */
export function parseWatches(text: string | null): readonly Watch[] {
  if (text === null) return [];
  try {
    return v.parse(schema, JSON.parse(text));
  } catch {
    return [];
  }
}

/** Adds a watch that begins at `now`, or takes it back. The oldest give way to more than can be kept. */
export function toggleWatch(
  watches: readonly Watch[],
  { id, name }: Pick<UserView, "id" | "name">,
  now: number,
): readonly Watch[] {
  const others = watches.filter(({ userId }) => userId !== id);
  if (others.length < watches.length) return others;
  return [...others, { userId: id, name, untilAt: now + WATCH_MS }].slice(-MOST_WATCHES);
}

/** What there is to tell now, and what goes on waiting. */
export interface Due {
  readonly due: readonly Watch[];
  readonly waiting: readonly Watch[];
}

/**
 * Which watches have come true: their user is online, and neither side does not want to be disturbed (ST3).
 * Those that are over are in neither list.
 */
export function dueWatches(
  watches: readonly Watch[],
  users: readonly UserView[],
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

/** Whether somebody is there to be spoken to. */
export function isReachable({ status, dnd }: UserView): boolean {
  return status === "online" && !dnd;
}
