import type { Figures } from "../figures";

/** The most empty rooms to remember. The one that has been empty for longest is dropped first. */
const MOST_LEFT = 10_000;
/** How long an empty room's figures stay in the metrics, so that a scraper with a long interval gets them. */
const TOLD_FOR_MS = 10 * 60_000;

/**
 * The rooms that were awake in this process, with their figures, so that no request has to wake a room for them. A
 * sleeping room does not change. When it wakes, its new instance replaces it here. (On a platform with one process per
 * object, rooms would have to push their figures to a shared object.)
 */
export class RoomsHere {
  /** Rooms with users. They are counted at each request. */
  readonly #present = new Map<string, () => Figures>();
  /** Empty rooms with their last figures; the one that has been empty for longest comes first. */
  readonly #left = new Map<string, { readonly figures: Figures; readonly at: number }>();

  /** The room has users or graces. `count` counts it. */
  entered(name: string, count: () => Figures): void {
    this.#left.delete(name);
    this.#present.set(name, count);
  }

  /** The room is empty, and does not change until it wakes. */
  left(name: string, figures: Figures, now: number): void {
    this.gone(name);
    this.#left.set(name, { figures, at: now });
    if (this.#left.size <= MOST_LEFT) return;
    const [longest] = this.#left.keys();
    if (longest !== undefined) this.#left.delete(longest);
  }

  /** The room stores nothing any more. */
  gone(name: string): void {
    this.#present.delete(name);
    this.#left.delete(name);
  }

  /** The room's figures; null if this process does not have them. */
  figures(name: string): Figures | null {
    return this.#present.get(name)?.() ?? this.#left.get(name)?.figures ?? null;
  }

  /** Whether this process knows that the room exists. */
  has(name: string): boolean {
    return this.#present.has(name) || this.#left.has(name);
  }

  /** The figures of all rooms with users, now or a moment ago. Scans these rooms. */
  awake(now: number): { room: string; figures: Figures }[] {
    const told = [...this.#present].map(([room, count]) => ({ room, figures: count() }));
    for (const [room, { figures, at }] of this.#left)
      if (now - at < TOLD_FOR_MS) told.push({ room, figures });
    return told;
  }
}
