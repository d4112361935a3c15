import type { Figures } from "../figures";

/** The registry remembers this many rooms that nobody is in; it forgets the longest left first. */
const MOST_LEFT = 10_000;
/** A room's last figures stay in the metrics for this long, so that a scraper with long intervals misses none of them. */
const TOLD_FOR_MS = 10 * 60_000;

/**
 * The rooms that this process has had awake, with their figures, so that nobody has to wake a room to learn what it would
 * say. A room that sleeps does not change, whether it hibernates with its sockets or has none. Whatever wakes it makes a
 * new instance, which takes its place here. (Where each object has a process of its own, rooms would push their figures
 * to an object that keeps them.)
 */
export class RoomsHere {
  /** Rooms that somebody is in: counted when they are asked for. */
  readonly #present = new Map<string, () => Figures>();
  /** Rooms that nobody is in, as they were left; the longest left first. */
  readonly #left = new Map<string, { readonly figures: Figures; readonly at: number }>();

  /** Somebody is in the room, or still counts as being in it. `count` counts it. */
  entered(name: string, count: () => Figures): void {
    this.#left.delete(name);
    this.#present.set(name, count);
  }

  /** Nobody is in the room, and nothing of it changes until it wakes again. */
  left(name: string, figures: Figures, now: number): void {
    this.gone(name);
    this.#left.set(name, { figures, at: now });
    if (this.#left.size <= MOST_LEFT) return;
    const [longest] = this.#left.keys();
    if (longest !== undefined) this.#left.delete(longest);
  }

  /** The room keeps nothing any more. */
  gone(name: string): void {
    this.#present.delete(name);
    this.#left.delete(name);
  }

  /** What the room would say of itself; null if this process does not know. */
  figures(name: string): Figures | null {
    return this.#present.get(name)?.() ?? this.#left.get(name)?.figures ?? null;
  }

  /** Whether this process knows the room to keep something. */
  has(name: string): boolean {
    return this.#present.has(name) || this.#left.has(name);
  }

  /** The figures of all rooms that somebody is in, or was a moment ago. Costs what these rooms hold. */
  awake(now: number): { room: string; figures: Figures }[] {
    const told = [...this.#present].map(([room, count]) => ({ room, figures: count() }));
    for (const [room, { figures, at }] of this.#left)
      if (now - at < TOLD_FOR_MS) told.push({ room, figures });
    return told;
  }
}
