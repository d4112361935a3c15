import type * as Party from "partykit/server";
import { connectionDeadline, userDeadline } from "../core/deadlines";
import type { Changes, Room } from "../core/room";

/**
 * It rests so long after it has rung. Each ring looks at the whole room, and when thousands leave at once, each
 * of their graces ends at a millisecond of its own.
 */
const REST_MS = 20;

/** The room's one alarm, set for the earliest deadline (HB4). Each setting of it is a write. */
export class Alarm {
  /** When it is set for; null when it is not. */
  #at: number | null = null;
  #restsUntilAt = 0;

  constructor(
    readonly storage: Party.Storage,
    readonly room: Room,
    /** The room's earliest deadline of all; null when nothing will ever be due. */
    readonly nextDeadline: () => number | null,
  ) {}

  get at(): number | null {
    return this.#at;
  }

  /** It has rung, and has to be set anew. */
  rang(now: number): void {
    this.#at = null;
    this.#restsUntilAt = now + REST_MS;
  }

  /** Sets it for the room's earliest deadline, whatever has changed. */
  reset(): void {
    this.set(this.nextDeadline());
  }

  /** Sets it earlier if what has just changed needs it; later deadlines are found when it rings. */
  advance(changes: Changes): void {
    const { room } = this;
    let earliest = Infinity;
    for (const id of changes.connections) {
      const connection = room.connections.get(id);
      if (connection) earliest = Math.min(earliest, connectionDeadline(connection, room.timings));
    }
    for (const id of changes.users) {
      const user = room.users.get(id);
      if (user) earliest = Math.min(earliest, userDeadline(room, user));
    }
    if (earliest < Infinity) this.set(earliest);
    else if (this.#at !== null && room.connections.size === 0 && this.nextDeadline() === null) {
      this.#at = null;
      void this.storage.deleteAlarm();
    }
  }

  /** Sets it for this instant unless it rings before. */
  set(at: number | null): void {
    if (at === null) return;
    // Rounded up: an alarm that rings a fraction early would find nothing due and be set again.
    const ringsAt = Math.max(Math.ceil(at), this.#restsUntilAt);
    if (this.#at !== null && this.#at <= ringsAt) return;
    this.#at = ringsAt;
    void this.storage.setAlarm(ringsAt, { allowUnconfirmed: true });
  }
}
