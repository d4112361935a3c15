import { connectionDeadline, userDeadline } from "../core/room/deadlines";
import type { Changes, Room } from "../core/room/room";
import type { RoomClock } from "../core/room/room-clock";
import type { Cancel, RoomHost } from "./host";
import type { Timers } from "./timers";

/**
 * The shortest time between two alarms. An alarm scans the whole room, and when thousands leave at once, each grace
 * ends at another millisecond.
 */
const REST_MS = 20;

/**
 * An alarm that is due within this time has a timer beside it, because workerd fires an alarm by the wall clock, and
 * too late after that was set back (TM1). A room hibernates after this time.
 */
const WATCHED_MS = 10_000;
/** The timer fires this much later, so that a punctual alarm is first. */
const WATCH_LATE_MS = 25;

/** The room's one alarm, set for the earliest deadline (HB4). Setting it is a write. */
export class Alarm {
  /** When it fires; null if it is not set. */
  #at: number | null = null;
  #restsUntilAt = 0;
  #unwatch: Cancel | null = null;

  constructor(
    readonly host: Pick<RoomHost, "setAlarm" | "deleteAlarm">,
    readonly room: Room,
    readonly clock: RoomClock,
    readonly timers: Timers,
    /** The room's earliest deadline; null if there is none. */
    readonly nextDeadline: () => number | null,
    /** The alarm is due and has not fired. */
    readonly onLate: () => void,
  ) {}

  get at(): number | null {
    return this.#at;
  }

  /** The alarm has fired. It has to be set again. */
  rang(now: number): void {
    this.#unset();
    this.#restsUntilAt = now + REST_MS;
  }

  /** Sets it for the room's earliest deadline. Scans the whole room. */
  reset(): void {
    this.clock.expectAlarm(this.#at);
    this.set(this.nextDeadline());
  }

  /** Cancels it. */
  clear(): void {
    this.#unset();
    this.host.deleteAlarm();
  }

  /** Sets it earlier if these changes need it. Later deadlines are found when it fires. */
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

  /** Sets it for this instant, unless it fires earlier. */
  set(at: number | null): void {
    if (at === null) return;
    // Rounded up: an alarm a fraction too early would find nothing due.
    const ringsAt = Math.max(Math.ceil(at), this.#restsUntilAt);
    if (this.#at !== null && this.#at <= ringsAt) return;
    this.#unset();
    this.#at = ringsAt;
    this.clock.expectAlarm(ringsAt);
    this.#write(ringsAt);
    const inMs = ringsAt - this.timers.now();
    if (inMs <= WATCHED_MS) this.#unwatch = this.timers.after(inMs + WATCH_LATE_MS, this.onLate);
  }

  /** Sets it again after the wall clock was set back, because it would fire too late. */
  rearm(): void {
    if (this.#at !== null) this.#write(this.#at);
  }

  #unset(): void {
    this.#at = null;
    this.clock.expectAlarm(null);
    this.#unwatch?.();
    this.#unwatch = null;
  }

  /** The platform's alarms use the wall clock. */
  #write(at: number): void {
    this.host.setAlarm(this.clock.wallAt(at));
  }
}
