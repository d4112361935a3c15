/** What turns a room's instants into those that people read, and back (TM2). */
export interface WallClock {
  /** Whether the two never differ, so that there is nothing to translate. */
  readonly isWall: boolean;
  /** The wall time of an instant of the room. Later instants never get an earlier wall time. */
  wallAt(at: number): number;
  /** The room's instant at which the wall clock shows this time. */
  roomAt(wall: number): number;
}

/** A room whose clock is the wall clock. */
export const PLAIN_CLOCK: WallClock = { isWall: true, wallAt: (at) => at, roomAt: (wall) => wall };

/** From the room's instant `fromAt` on, the room's clock is `aheadMs` ahead of the wall clock. */
export interface ClockSegment {
  readonly fromAt: number;
  readonly aheadMs: number;
}

/** So many steps of the wall clock are remembered; of more, the smallest are forgotten. */
const MOST_SEGMENTS = 64;

const START: ClockSegment = { fromAt: -Infinity, aheadMs: 0 };

/**
 * A clock for durations, made from a wall clock that may be set (TM1). It never goes backwards, and it never passes
 * the instant for which an alarm is set before that alarm has rung: the runtime waits for an alarm by a clock that
 * nobody sets. A wall clock that says otherwise has been set, or the server was held up, and neither is time in which
 * a client could have answered. All instants inside a room are of this clock; `wallAt` translates them for people.
 */
export class RoomClock implements WallClock {
  readonly #segments: ClockSegment[];
  #last: number;
  #alarmAt: number | null = null;
  #lateMs = 0;

  /**
   * @param segments what an earlier instance kept; empty for a new room
   * @param latestAt the latest instant that the room has stored, before which its clock cannot be
   * @param slackMs a clock that is ahead of the alarm by no more than this is believed: alarms are never quite on time
   */
  constructor(
    segments: readonly ClockSegment[],
    latestAt: number,
    readonly slackMs: number,
  ) {
    const [, ...rest] = segments;
    this.#segments = [{ ...START, aheadMs: segments[0]?.aheadMs ?? 0 }, ...rest];
    this.#last = latestAt;
  }

  get isWall(): boolean {
    return this.#segments.length === 1 && this.aheadMs === 0;
  }

  /** How far the room's clock is ahead of the wall clock now, in milliseconds. */
  get aheadMs(): number {
    return (this.#segments.at(-1) as ClockSegment).aheadMs;
  }

  /** What has to be stored, whenever `read` or `rang` has changed it. */
  get segments(): readonly ClockSegment[] {
    // JSON has no infinity.
    return this.#segments.map((segment, index) => (index === 0 ? { ...segment, fromAt: 0 } : segment));
  }

  /** The room has set its alarm for this instant; null when none is set. */
  expectAlarm(at: number | null): void {
    this.#alarmAt = at;
  }

  /** The room's time while the wall clock shows `wall`. */
  read(wall: number): number {
    const at = this.peek(wall);
    const shown = wall + this.aheadMs;
    if (shown > at) this.#lateMs += shown - at;
    if (shown === at) this.#last = at;
    else this.#setTo(at, wall);
    return at;
  }

  /** What `read` would return. */
  peek(wall: number): number {
    const at = wall + this.aheadMs;
    const latest = this.#alarmAt === null ? Infinity : Math.max(this.#alarmAt, this.#last) + this.slackMs;
    // A millisecond later, so that what happened before the clock was set keeps the wall time that it had.
    return at < this.#last || at > latest ? this.#last + 1 : at;
  }

  /** The same when the alarm has just rung, which proves that its time has come. */
  rang(wall: number): number {
    const dueAt = Math.max(this.#alarmAt ?? this.#last, this.#last);
    this.#alarmAt = null;
    const at = wall + this.aheadMs;
    if (at > dueAt + this.slackMs) this.#lateMs += at - dueAt;
    if (at < dueAt || at > dueAt + this.slackMs) this.#setTo(Math.max(dueAt, this.#last + 1), wall);
    else this.#last = at;
    return this.#last;
  }

  /** How much time the clock has left out since this was last asked: what a sweep counts as its own lateness. */
  takeLateMs(): number {
    const lateMs = this.#lateMs;
    this.#lateMs = 0;
    return lateMs;
  }

  wallAt(at: number): number {
    let index = this.#segments.length - 1;
    while (index > 0 && at < (this.#segments[index] as ClockSegment).fromAt) index -= 1;
    let wall = at - (this.#segments[index] as ClockSegment).aheadMs;
    // What the clock had wrongly put into the future happened, at the latest, when it was set.
    for (const { fromAt, aheadMs } of this.#segments.slice(index + 1))
      wall = Math.min(wall, fromAt - aheadMs);
    return wall;
  }

  roomAt(wall: number): number {
    let endAt = Infinity;
    for (const { fromAt, aheadMs } of this.#segments.toReversed()) {
      const at = Math.min(wall + aheadMs, endAt);
      if (at >= fromAt) return at;
      endAt = fromAt;
    }
    return wall;
  }

  #setTo(at: number, wall: number): void {
    this.#last = at;
    const segments = this.#segments;
    const segment = { fromAt: at, aheadMs: at - wall };
    segments.push(segment);
    if (segments.length > MOST_SEGMENTS) segments.splice(smallestStep(segments), 1);
  }
}

/** The index of the segment that differs least from the one before it. */
function smallestStep(segments: readonly ClockSegment[]): number {
  let smallest = 1;
  let leastMs = Infinity;
  for (let index = 1; index < segments.length - 1; index += 1) {
    const stepMs = Math.abs(
      (segments[index] as ClockSegment).aheadMs - (segments[index - 1] as ClockSegment).aheadMs,
    );
    if (stepMs < leastMs) [smallest, leastMs] = [index, stepMs];
  }
  return smallest;
}
