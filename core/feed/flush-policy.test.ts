import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flushDueAt, flushIntervalMs, rememberGap, type PendingFlush } from "./flush-policy";
import { DEFAULT_TIMINGS } from "../shared/timings";

const { flushMs } = DEFAULT_TIMINGS;
const PAUSE_MS = flushMs / 4;
const FLUSHED_AT = 1_000_000;

/** The time from the last flush to the next one. */
function afterMs(pending: Partial<PendingFlush>, timings = DEFAULT_TIMINGS): number {
  const given = {
    receivers: 1_000,
    flushedAt: FLUSHED_AT,
    flushedUsers: 1,
    changedAt: FLUSHED_AT,
    gapMs: 0,
    ...pending,
  };
  return flushDueAt(timings, given) - FLUSHED_AT;
}

describe("flushes", () => {
  test("[SY2] a quiet room flushes at once, whatever the size of its last flush", () => {
    const changedAt = FLUSHED_AT + 1_000;
    for (const flushedUsers of [0, 1, 5_000])
      expect(afterMs({ flushedUsers, changedAt })).toBeLessThanOrEqual(1_000);
  });

  test("[SY2] a change soon after a flush is sent flushMs after it", () => {
    for (const changedAt of [FLUSHED_AT, FLUSHED_AT + 50, FLUSHED_AT + 99])
      expect(afterMs({ changedAt })).toBe(flushMs);
  });

  test("[SY2] while many users change without a pause, a room gathers for longer, up to five times as long", () => {
    const changedAt = Infinity;
    expect(afterMs({ changedAt, flushedUsers: 20 })).toBe(100);
    expect(afterMs({ changedAt, flushedUsers: 30 })).toBe(150);
    expect(afterMs({ changedAt, flushedUsers: 5_000 })).toBe(500);
  });

  test("[SY2] after a pause of a quarter of flushMs the room flushes early", () => {
    expect(afterMs({ flushedUsers: 5_000, changedAt: FLUSHED_AT + 300 })).toBe(300 + PAUSE_MS);
    expect(afterMs({ flushedUsers: 5_000, changedAt: FLUSHED_AT + 10 })).toBe(flushMs);
  });

  test("[SY2] a room of thousands flushes less often, so that it has time to read messages", () => {
    expect(afterMs({ receivers: 2_500 })).toBe(100);
    expect(afterMs({ receivers: 5_000 })).toBe(200);
    expect(afterMs({ receivers: 5_000, flushedUsers: 5_000, changedAt: Infinity })).toBe(1_000);
    expect(afterMs({ receivers: 100 }, { ...DEFAULT_TIMINGS, flushMs: 0 })).toBe(4);
  });

  test("[SY2] a small room flushes more often than every flushMs, since a flush costs it little", () => {
    expect(afterMs({ receivers: 100 })).toBe(16);
    expect(afterMs({ receivers: 10 })).toBe(2);
    expect(afterMs({ receivers: 625 })).toBe(flushMs);
  });

  test("[SY2] changes that come in bursts have not paused until a gap is longer than those before", () => {
    const storm = { receivers: 5_000, flushedUsers: 5_000, changedAt: FLUSHED_AT + 300 };
    expect(afterMs(storm)).toBe(350);
    expect(afterMs({ ...storm, gapMs: 120 })).toBe(480);
    expect(afterMs({ ...storm, gapMs: 5_000 })).toBe(1_000);
  });

  test("[SY2] the longest gap is remembered, but not the time in which the room was quiet", () => {
    expect(rememberGap(200, 0, 120)).toBe(120);
    expect(rememberGap(200, 120, 3)).toBe(120);
    expect(rememberGap(200, 120, 60_000)).toBe(0);
  });

  test("[SY2] a change never waits longer than five times the room's interval, and flushes are never closer than that interval", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 20_000 }),
        fc.nat({ max: 20_000 }),
        fc.nat({ max: 10_000 }),
        fc.nat({ max: 60_000 }),
        fc.nat({ max: 60_000 }),
        (receivers, flushedUsers, changedMs, gapMs, ms) => {
          const shortest = flushIntervalMs({ ...DEFAULT_TIMINGS, flushMs: ms }, receivers);
          const wait = afterMs(
            { receivers, flushedUsers, changedAt: FLUSHED_AT + changedMs, gapMs },
            { ...DEFAULT_TIMINGS, flushMs: ms },
          );
          expect(wait).toBeGreaterThanOrEqual(Math.floor(shortest));
          expect(wait).toBeLessThanOrEqual(Math.ceil(shortest * 5));
        },
      ),
    );
  });
});
