import { connectionDeadline, userDeadline } from "../core/room/deadlines";
import type { Changes, Room } from "../core/room/room";
import type { RoomClock } from "../core/room/room-clock";
import type { Cancel, RoomHost } from "./host";
import type { Timers } from "./timers";

/**
 * It rests so long after it has rung. Each ring looks at the whole room, and when thousands leave at once, each
 * of their graces ends at a millisecond of its own.
 */
const REST_MS = 20;

/**
 * An alarm that is due within this long has a timer beside it: workerd rings no alarm before the wall clock has come to
 * its time, which is late when the clock was set back (TM1). It is as long as a room may be idle before it hibernates.
 */
const WATCHED_MS = 10_000;
/** The timer leaves it to an alarm on time to ring first. */
const WATCH_LATE_MS = 25;

/** The room's one alarm, set for the earliest deadline (HB4). Each setting of it is a write. */
export class Alarm {
  /** When it is set for; null when it is not. */
  #at: number | null = null;
  #restsUntilAt = 0;
  #unwatch: Cancel | null = null;

  constructor(
    readonly host: Pick<RoomHost, "setAlarm" | "deleteAlarm">,
    readonly room: Room,
    readonly clock: RoomClock,
    readonly timers: Timers,
    /** The room's earliest deadline of all; null when nothing will ever be due. */
    readonly nextDeadline: () => number | null,
    /** The alarm's time has come, and the alarm has not. */
    readonly onLate: () => void,
  ) {}

  get at(): number | null {
    return this.#at;
  }

  /** It has rung, and has to be set anew. */
  rang(now: number): void {
    this.#unset();
    this.#restsUntilAt = now + REST_MS;
  }

  /** Sets it for the room's earliest deadline, whatever has changed. */
  reset(): void {
    this.clock.expectAlarm(this.#at);
    this.set(this.nextDeadline());
  }

  /** Takes it back. */
  clear(): void {
    this.#unset();
    this.host.deleteAlarm();
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
      this.clear();
    }
  }

  /** Sets it for this instant unless it rings before. */
  set(at: number | null): void {
    if (at === null) return;
    // Rounded up: an alarm that rings a fraction early would find nothing due and be set again.
    const ringsAt = Math.max(Math.ceil(at), this.#restsUntilAt);
    if (this.#at !== null && this.#at <= ringsAt) return;
    this.#unset();
    this.#at = ringsAt;
    this.clock.expectAlarm(ringsAt);
    this.#write(ringsAt);
    const inMs = ringsAt - this.timers.now();
    if (inMs <= WATCHED_MS) this.#unwatch = this.timers.after(inMs + WATCH_LATE_MS, this.onLate);
  }

  /** The wall clock was set back: the alarm would ring that much too late. */
  rearm(): void {
    if (this.#at !== null) this.#write(this.#at);
  }

  #unset(): void {
    this.#at = null;
    this.clock.expectAlarm(null);
    this.#unwatch?.();
    this.#unwatch = null;
  }

  /** The platform's alarms are set by the wall clock. */
  #write(at: number): void {
    this.host.setAlarm(this.clock.wallAt(at));
  }
}
