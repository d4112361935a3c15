import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { measureOffset, serverTime, UNKNOWN_OFFSET } from "./clock";

const HOUR = 3_600_000;

describe("the clock's offset", () => {
  test("[SY5] before the first message the clocks are assumed to agree", () => {
    expect(serverTime(UNKNOWN_OFFSET, 1_000)).toBe(1_000);
  });

  test("[SY5] the error of the estimate is the shortest delay of a message and never more", () => {
    const delays = fc.array(fc.nat({ max: 5_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: -2 * HOUR, max: 2 * HOUR }), delays, (ahead, each) => {
        let known = UNKNOWN_OFFSET;
        let clientNow = 1_700_000_000_000;
        for (const delay of each) {
          clientNow += 10_000;
          known = measureOffset(known, clientNow - delay + ahead, clientNow);
        }
        expect(serverTime(known, clientNow)).toBe(clientNow + ahead - Math.min(...each));
      }),
    );
  });

  test("[SY5] the estimate is never ahead of the server", () => {
    const known = measureOffset(measureOffset(UNKNOWN_OFFSET, 5_000, 1_000), 5_900, 2_000);
    expect(serverTime(known, 2_000)).toBeLessThanOrEqual(6_000);
  });

  test("[SY5] after a client's clock is set, the next message corrects the estimate", () => {
    const before = measureOffset(UNKNOWN_OFFSET, 10 * HOUR, 10 * HOUR);
    const forward = measureOffset(before, 10 * HOUR + 1_000, 12 * HOUR);
    expect(serverTime(forward, 12 * HOUR)).toBe(10 * HOUR + 1_000);
    const backward = measureOffset(before, 10 * HOUR + 1_000, 8 * HOUR);
    expect(serverTime(backward, 8 * HOUR)).toBe(10 * HOUR + 1_000);
  });

  test("[SY5] a new estimate replaces an old one, because clocks drift", () => {
    const old = measureOffset(UNKNOWN_OFFSET, 1_000, 1_000);
    const recent = measureOffset(old, 60_000 - 80, 60_000);
    expect(recent).toBe(old);
    const later = measureOffset(old, HOUR - 80, HOUR);
    expect(later).toEqual({ offsetMs: -80, measuredAt: HOUR });
  });
});
