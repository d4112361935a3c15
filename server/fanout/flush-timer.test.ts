import { expect, test } from "vitest";
import { SHORT_TIMINGS } from "../../core/testing/driver";
import { Scheduler } from "../testing/scheduler";
import { Timers } from "../timers";
import { FlushTimer } from "./flush-timer";

const { flushMs } = SHORT_TIMINGS;
const START_AT = 1_000_000;

function room(receivers = 1_000) {
  const scheduler = new Scheduler(START_AT);
  const timers = new Timers(() => scheduler.now, { after: (ms, run) => scheduler.after(ms, run) });
  /** When it flushed, counted from the start. */
  const flushes: number[] = [];
  let news = 0;
  const timer: FlushTimer = new FlushTimer(
    SHORT_TIMINGS,
    timers,
    () => receivers,
    () => {
      flushes.push(scheduler.now - START_AT);
      timer.flushed(news, scheduler.now);
      news = 0;
    },
  );
  const change = (): void => timer.waitFor((news += 1), scheduler.now);
  const pass = (ms: number) => scheduler.runUntil(scheduler.now + ms, () => {});
  return { timer, flushes, change, pass };
}

test("[SY2] a quiet room flushes at once, and later changes with the next flush", async () => {
  const { flushes, change, pass } = room();
  change();
  expect(flushes).toEqual([0]);
  change();
  await pass(10);
  change();
  expect(flushes).toEqual([0]);
  await pass(flushMs);
  expect(flushes).toEqual([0, flushMs]);
  await pass(10 * flushMs);
  expect(flushes).toEqual([0, flushMs]);
});

test("[SY2] a storm whose messages come in bursts costs each client few frames, however the bursts are spaced", async () => {
  const framesOf = async (everyMs: number): Promise<number> => {
    const { flushes, change, pass } = room(5_000);
    for (let ms = 0; ms < 8_000; ms += everyMs) {
      for (let each = 0; each < everyMs; each++) change();
      await pass(everyMs);
    }
    return flushes.length;
  };
  // One flush a second, and some until the first gaps are known.
  for (const everyMs of [1, 10, 60, 130, 250]) expect(await framesOf(everyMs)).toBeLessThanOrEqual(14);
});

test("[SY2] a room without changes does not flush", async () => {
  const { timer, flushes, pass } = room();
  timer.waitFor(0, START_AT);
  await pass(10 * flushMs);
  expect(flushes).toEqual([]);
});

test("[DB4] a stopped room does not flush", async () => {
  const { timer, flushes, change, pass } = room();
  change();
  change();
  timer.stop();
  await pass(10 * flushMs);
  expect(flushes).toEqual([0]);
});
