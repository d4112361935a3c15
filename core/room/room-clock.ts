/** Translates between a room's instants and the wall time that people read (TM2). */
export interface WallClock {
  /** Whether the two never differ. Callers then skip the translation. */
  readonly isWall: boolean;
  /** The wall time of an instant of the room. Later instants never get an earlier wall time. */
  wallAt(at: number): number;
  /** The room's instant at which the wall clock shows this time. */
  roomAt(wall: number): number;
}

/** A room whose clock is the wall clock. */
export const PLAIN_CLOCK: WallClock = { isWall: true, wallAt: (at) => at, roomAt: (wall) => wall };

/** From the room's instant `fromAt`, the room's clock is `aheadMs` ahead of the wall clock. */
export interface ClockSegment {
  readonly fromAt: number;
  readonly aheadMs: number;
}

/** Steps of the wall clock that are kept. Of more, the smallest are dropped. */
const MOST_SEGMENTS = 64;

const START: ClockSegment = { fromAt: -Infinity, aheadMs: 0 };

/**
 * A clock for durations, derived from a wall clock that may be set (TM1). It never goes backwards. It never passes the
 * instant of an alarm before that alarm has rung, because the runtime waits for alarms by a clock that nobody sets. If
 * the wall clock is later than that, it has been set, or the server was held up. In neither case could a client have
 * answered during that time. All instants inside a room are of this clock; `wallAt` translates them for people.
 */
export class RoomClock implements WallClock {
  readonly #segments: ClockSegment[];
  #last: number;
  #alarmAt: number | null = null;
  #lateMs = 0;

  /**
   * @param segments the stored segments; empty for a new room
   * @param latestAt the latest instant that the room has stored; the clock begins no earlier
   * @param slackMs how far the clock may be ahead of the alarm, because alarms are never quite on time
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

  /** How far the room's clock is ahead of the wall clock now. */
  get aheadMs(): number {
    return (this.#segments.at(-1) as ClockSegment).aheadMs;
  }

  /** The segments to store after each change by `read` or `rang`. */
  get segments(): readonly ClockSegment[] {
    // JSON cannot represent -Infinity.
    return this.#segments.map((segment, index) => (index === 0 ? { ...segment, fromAt: 0 } : segment));
  }

  /** Tells the clock the instant of the room's alarm; null when none is set. */
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

  /** What `read` would return, without a change of the clock. */
  peek(wall: number): number {
    const at = wall + this.aheadMs;
    const latest = this.#alarmAt === null ? Infinity : Math.max(this.#alarmAt, this.#last) + this.slackMs;
    // One millisecond later, so that earlier events keep the wall time that they had.
    return at < this.#last || at > latest ? this.#last + 1 : at;
  }

  /** The room's time when the alarm has just rung, which proves that the alarm's instant has been reached. */
  rang(wall: number): number {
    const dueAt = Math.max(this.#alarmAt ?? this.#last, this.#last);
    this.#alarmAt = null;
    const at = wall + this.aheadMs;
    if (at > dueAt + this.slackMs) this.#lateMs += at - dueAt;
    if (at < dueAt || at > dueAt + this.slackMs) this.#setTo(Math.max(dueAt, this.#last + 1), wall);
    else this.#last = at;
    return this.#last;
  }

  /** How much time the clock has skipped since the last call. A sweep counts it as its own lateness. */
  takeLateMs(): number {
    const lateMs = this.#lateMs;
    this.#lateMs = 0;
    return lateMs;
  }

  wallAt(at: number): number {
    let index = this.#segments.length - 1;
    while (index > 0 && at < (this.#segments[index] as ClockSegment).fromAt) index -= 1;
    let wall = at - (this.#segments[index] as ClockSegment).aheadMs;
    // An event that a wrong clock had put into the future happened no later than the clock's correction.
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
