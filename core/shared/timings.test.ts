import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  deadAfterMs,
  DEFAULT_TIMINGS,
  inputPauseMs,
  reconnectSpreadMs,
  reconnectWithinMs,
  validateTimings,
  type Timings,
} from "./timings";
import { SettingError } from "./settings";

function problemOf(change: Partial<Record<keyof Timings, unknown>>): SettingError | null {
  try {
    validateTimings({ ...DEFAULT_TIMINGS, ...change } as Timings);
    return null;
  } catch (error) {
    if (error instanceof SettingError) return error;
    throw error;
  }
}

describe("timings", () => {
  test("[HB8] the defaults work", () => {
    expect(validateTimings(DEFAULT_TIMINGS)).toBe(DEFAULT_TIMINGS);
  });

  test.each<[keyof Timings, unknown]>([
    ["retryMs", 0],
    ["retryMs", 49],
    ["retryMs", 10_001],
    ["intervalMs", 99],
    ["misses", 0],
    ["misses", 2.5],
    ["graceMs", 499],
    ["graceMs", 2_999],
    ["graceMs", 30_001],
    ["reloadGraceMs", 499],
    ["reloadGraceMs", 10_001],
    ["restartGraceMs", 9_999],
    ["idleAfterMs", 20_000],
    ["hiddenAwayAfterMs", 0],
    ["hiddenAwayAfterMs", -5],
    ["flushMs", 10_001],
    ["flushMs", -1],
    ["intervalMs", NaN],
    ["intervalMs", Infinity],
    ["intervalMs", "10000"],
    ["graceMs", undefined],
    ["graceMs", null],
  ])("[HB8] %s of %s cannot work, and the error names a setting and says why", (setting, value) => {
    const error = problemOf({ [setting]: value });
    expect(error).not.toBeNull();
    expect(error?.message).toContain(error?.setting);
    // A graceMs that contradicts one of the other two graces may be reported under their name.
    const contradicts = setting === "graceMs" ? ["graceMs", "reloadGraceMs", "restartGraceMs"] : [setting];
    expect(contradicts).toContain(error?.setting);
  });

  test("[HB8] flushMs of 0 and misses of 1 work", () => {
    expect(problemOf({ flushMs: 0, misses: 1 })).toBeNull();
  });

  test("[HB8] with any valid timings, input is reported before an active user would count as idle", () => {
    const ms = fc.integer({ min: 1, max: 400_000 });
    const arbitrary = fc.record({
      intervalMs: ms,
      retryMs: fc.integer({ min: 1, max: 20_000 }),
      misses: fc.integer({ min: 0, max: 6 }),
      idleAfterMs: ms,
    });
    fc.assert(
      fc.property(arbitrary, (change) => {
        const error = problemOf(change);
        const timings = { ...DEFAULT_TIMINGS, ...change };
        if (error === null) {
          const told = inputPauseMs(timings) + deadAfterMs(timings);
          expect(told).toBeLessThanOrEqual(timings.idleAfterMs);
        } else if (error.setting === "idleAfterMs") {
          // The value that the error suggests works.
          const suggested = Number(/at least (\d+)/.exec(error.problem)?.[1]);
          expect(problemOf({ ...change, idleAfterMs: suggested })).toBeNull();
        }
      }),
    );
  });

  test("[GR3] no client waits as long as the restart grace, nor less than its first spread", () => {
    for (const restartGraceMs of [500, 4_000, 30_000, 40_000, 3_600_000]) {
      const timings = { ...DEFAULT_TIMINGS, graceMs: Math.min(10_000, restartGraceMs), restartGraceMs };
      expect(reconnectWithinMs(timings)).toBeLessThanOrEqual(Math.min(30_000, restartGraceMs * 0.75));
      expect(reconnectWithinMs(timings)).toBeGreaterThanOrEqual(reconnectSpreadMs(timings));
    }
  });

  test("[HB8] any value of a setting is either refused by name or works", () => {
    const settings = fc.constantFrom(...(Object.keys(DEFAULT_TIMINGS) as (keyof Timings)[]));
    fc.assert(
      fc.property(settings, fc.anything(), (setting, value) => {
        const error = problemOf({ [setting]: value });
        if (error === null) expect(Number.isInteger(value)).toBe(true);
        else expect(Object.keys(DEFAULT_TIMINGS)).toContain(error.setting);
      }),
      // `String()` throws for some values.
      { examples: [["intervalMs", { toString: null }]] },
    );
  });
});
