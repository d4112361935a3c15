import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RoomClock } from "./room-clock";

const START_AT = 1_700_000_000_000;
const SLACK_MS = 1_000;
const DAY_MS = 24 * 3_600_000;

/** A clock that has been read once, with a wall clock that can be set. */
function clockAt(startAt = START_AT) {
  const clock = new RoomClock([], startAt, SLACK_MS);
  let setMs = 0;
  let passedMs = 0;
  return {
    clock,
    wall: () => startAt + passedMs + setMs,
    passed: () => startAt + passedMs,
    pass: (ms: number) => void (passedMs += ms),
    set: (ms: number) => void (setMs += ms),
  };
}

describe("a room's clock", () => {
  test("[TM1] shows the wall time until somebody sets the wall clock", () => {
    const { clock, wall, pass } = clockAt();
    for (const ms of [0, 1, 500, DAY_MS]) {
      pass(ms);
      expect(clock.read(wall())).toBe(wall());
    }
    expect(clock.isWall).toBe(true);
  });

  test.each([-1_000, -60_000, -3_600_000, -DAY_MS])(
    "[TM1] continues without a jump when the wall clock is set back by %i ms",
    (ms) => {
      const { clock, wall, set, pass } = clockAt();
      clock.read(wall());
      set(ms);
      expect(clock.read(wall())).toBe(START_AT + 1);
      pass(700);
      expect(clock.read(wall())).toBe(START_AT + 701);
    },
  );

  test.each([60_000, 3_600_000, DAY_MS])(
    "[TM1] does not follow the wall clock that is set forward by %i ms past the alarm",
    (ms) => {
      const { clock, wall, set, pass, passed } = clockAt();
      clock.read(wall());
      clock.expectAlarm(START_AT + 10_000);
      pass(4_000);
      set(ms);
      expect(clock.read(wall())).toBe(START_AT + 1);
      pass(6_000);
      expect(clock.rang(wall())).toBe(passed());
    },
  );

  test("[TM1] a late alarm counts as late, and its delay is not counted twice", () => {
    const { clock, wall, pass } = clockAt();
    clock.read(wall());
    clock.expectAlarm(START_AT + 5_000);
    pass(65_000);
    expect(clock.rang(wall())).toBe(START_AT + 5_000);
    expect(clock.takeLateMs()).toBe(60_000);
    expect(clock.takeLateMs()).toBe(0);
  });

  test("[TM1] an alarm that rings a little late is accepted", () => {
    const { clock, wall, pass } = clockAt();
    clock.read(wall());
    clock.expectAlarm(START_AT + 5_000);
    pass(5_000 + SLACK_MS);
    expect(clock.rang(wall())).toBe(START_AT + 5_000 + SLACK_MS);
    expect(clock.takeLateMs()).toBe(0);
  });

  test("[TM2] events before the wall clock was set back are reported at its correction at the latest, and never in the future", () => {
    const { clock, wall, set, pass } = clockAt();
    clock.read(wall());
    pass(60_000);
    const seenAt = clock.read(wall());
    expect(clock.wallAt(seenAt)).toBe(wall());
    set(-3_600_000);
    const corrected = wall();
    clock.read(wall());
    expect(clock.wallAt(seenAt)).toBe(corrected);
    pass(DAY_MS);
    clock.read(wall());
    expect(clock.wallAt(seenAt), "it stays what it was at the correction").toBe(corrected);
  });

  test("[TM2] events before the wall clock was set forward keep their reported time", () => {
    const { clock, wall, set } = clockAt();
    const seenAt = clock.read(wall());
    clock.expectAlarm(START_AT + 10_000);
    set(3_600_000);
    const now = clock.read(wall());
    expect(clock.wallAt(seenAt)).toBe(START_AT);
    expect(clock.wallAt(now)).toBe(wall());
  });

  test("[TM2] after a restart with a corrected clock, stored instants in the future are reported as now", () => {
    const clock = new RoomClock([], START_AT + 3_600_000, SLACK_MS);
    const now = clock.read(START_AT);
    expect(clock.wallAt(now)).toBe(START_AT);
    expect(clock.wallAt(START_AT + 3_600_000)).toBe(START_AT);
    expect(clock.wallAt(START_AT - 5_000)).toBe(START_AT - 5_000);
  });

  const event = fc.oneof(
    fc.record({ do: fc.constant("pass" as const), ms: fc.nat({ max: 30_000 }) }),
    fc.record({ do: fc.constant("set" as const), ms: fc.integer({ min: -DAY_MS, max: DAY_MS }) }),
    fc.record({ do: fc.constant("alarm" as const), ms: fc.nat({ max: 20_000 }) }),
    fc.record({ do: fc.constant("store" as const), ms: fc.constant(0) }),
  );

  test("[TM1] [TM2] it never goes back, never passes its alarm, and never reports the future, whatever happens to the wall clock", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const world = clockAt();
        let { clock } = world;
        const { wall, pass, set } = world;
        let last = clock.read(wall());
        /** When the alarm is due, by the room's clock and in real time. */
        let alarm: { at: number; inMs: number } | null = null;
        const instants = [last];
        const note = (now: number): void => {
          expect(now).toBeGreaterThanOrEqual(last);
          last = now;
          instants.push(now);
          const told = instants.map((at) => clock.wallAt(at));
          expect(told).toEqual(told.toSorted((a, b) => a - b));
          expect(told.at(-1)).toBe(wall());
          expect(clock.roomAt(wall())).toBe(now);
        };
        for (const each of events) {
          if (each.do === "set") set(each.ms);
          if (each.do === "alarm") {
            note(clock.read(wall()));
            alarm = { at: last + each.ms, inMs: each.ms };
            clock.expectAlarm(alarm.at);
          }
          if (each.do === "store") {
            note(clock.read(wall()));
            clock = new RoomClock(JSON.parse(JSON.stringify(clock.segments)), last, SLACK_MS);
            clock.expectAlarm(alarm?.at ?? null);
          }
          if (each.do !== "pass") continue;
          if (alarm && each.ms >= alarm.inMs) {
            pass(alarm.inMs);
            const due = alarm;
            alarm = null;
            note(clock.rang(wall()));
            // It may be behind by the time between the last reading and a step, and ahead by the slack.
            expect(last).toBeGreaterThanOrEqual(due.at);
            expect(last).toBeLessThanOrEqual(due.at + SLACK_MS + 61);
            pass(each.ms - due.inMs);
          } else {
            pass(each.ms);
            if (alarm) alarm.inMs -= each.ms;
          }
          note(clock.read(wall()));
          if (alarm) expect(last).toBeLessThanOrEqual(alarm.at + SLACK_MS + 61);
        }
      }),
    );
  });
});
