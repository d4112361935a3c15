import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRoom } from "../core/room/room";
import { RoomClock } from "../core/room/room-clock";
import { DEFAULT_TIMINGS } from "../core/shared/timings";
import { Alarm } from "./alarm";
import { timerHost } from "./testing/timer-host";
import { Timers } from "./timers";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An alarm for instants that are due, in order, and how it is rung until none is left. */
function alarmFor(due: number[]) {
  const settings: number[] = [];
  const host = { setAlarm: (at: number) => void settings.push(at), deleteAlarm: () => undefined };
  const clock = new RoomClock([], 0, 1_000);
  const alarm = new Alarm(
    host,
    createRoom(DEFAULT_TIMINGS, clock),
    clock,
    new Timers(() => 0, timerHost),
    () => due[0] ?? null,
    () => {},
  );
  const ringAll = () => {
    const rings: { at: number; served: number[] }[] = [];
    alarm.reset();
    while (alarm.at !== null) {
      const { at } = alarm;
      alarm.rang(at);
      const first = due.findIndex((each) => each > at);
      rings.push({ at, served: due.splice(0, first === -1 ? due.length : first) });
      alarm.reset();
    }
    return rings;
  };
  return { alarm, settings, ringAll };
}

test("[HB4] five hundred graces that end at different milliseconds need only a few alarms", () => {
  const { settings, ringAll } = alarmFor(Array.from({ length: 500 }, (_, index) => 10_000 + index));
  const rings = ringAll();
  expect(rings.length).toBeLessThan(30);
  expect(settings).toHaveLength(rings.length);
  expect(rings.flatMap(({ served }) => served)).toHaveLength(500);
  for (const { at, served } of rings) for (const dueAt of served) expect(at - dueAt).toBeLessThanOrEqual(20);
});

test("[HB4] an alarm fires when it is due, and not a fraction earlier", () => {
  const { ringAll } = alarmFor([1_000.4, 5_000, 9_000]);
  expect(ringAll().map(({ at }) => at)).toEqual([1_001, 5_000, 9_000]);
});

test("[HB4] an alarm is written again only to fire earlier", () => {
  const { alarm, settings } = alarmFor([]);
  alarm.set(900);
  alarm.set(950);
  alarm.set(800);
  expect(settings).toEqual([900, 800]);
});
