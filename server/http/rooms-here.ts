import type { Figures } from "../figures";

/*
 * The rooms that this process has had awake, and their figures: so that nobody has to wake a room to learn what it
 * would say. A room that sleeps does not change, whether it hibernates with its sockets or has none; whatever wakes it
 * makes a new instance, which takes its place here. (Where each object has a process of its own, rooms would push their
 * figures to an object that keeps them.)
 */

/** So many rooms that nobody is in are remembered; the longest left are forgotten first. */
const MOST_LEFT = 10_000;
/** A room's last figures stay in the metrics for so long, so that whoever asks now and then misses none of them. */
const TOLD_FOR_MS = 10 * 60_000;

/** Rooms that somebody is in: counted when they are asked for. */
const present = new Map<string, () => Figures>();
/** Rooms that nobody is in, as they were left; the longest left first. */
const left = new Map<string, { readonly figures: Figures; readonly at: number }>();

/** Somebody is in the room, or still counts as being in it. `count` counts it. */
export function roomEntered(name: string, count: () => Figures): void {
  left.delete(name);
  present.set(name, count);
}

/** Nobody is in the room, and nothing of it changes until it wakes again. */
export function roomLeft(name: string, figures: Figures, now: number): void {
  roomGone(name);
  left.set(name, { figures, at: now });
  if (left.size <= MOST_LEFT) return;
  const [longest] = left.keys();
  if (longest !== undefined) left.delete(longest);
}

/** The room keeps nothing any more. */
export function roomGone(name: string): void {
  present.delete(name);
  left.delete(name);
}

/** What the room would say of itself; null if this process does not know. */
export function figuresHere(name: string): Figures | null {
  return present.get(name)?.() ?? left.get(name)?.figures ?? null;
}

/** Whether this process knows the room to keep something. */
export function isRoomHere(name: string): boolean {
  return present.has(name) || left.has(name);
}

/** The figures of all rooms that somebody is in, or was a moment ago. Costs what these rooms hold. */
export function figuresAwake(now: number): { room: string; figures: Figures }[] {
  const told = [...present].map(([room, count]) => ({ room, figures: count() }));
  for (const [room, { figures, at }] of left) if (now - at < TOLD_FOR_MS) told.push({ room, figures });
  return told;
}
