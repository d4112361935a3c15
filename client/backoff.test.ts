import fc from "fast-check";
import { expect, test } from "vitest";
import { hurriedDelay, LONGEST_DELAY_MS, reconnectDelay } from "./backoff";

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempts = fc.integer({ min: 1, max: 10_000 });
const spreads = fc.integer({ min: 0, max: 10_000_000 });

test("[HB7] no wait is negative or above 30 s", () => {
  fc.assert(
    fc.property(attempts, spreads, chance, (attempt, spread, random) => {
      const delay = reconnectDelay(attempt, spread, random);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThan(LONGEST_DELAY_MS);
    }),
  );
});

test("[HB7] the first reconnect falls within the spread", () => {
  fc.assert(
    fc.property(fc.integer({ min: 50, max: 30_000 }), chance, (spread, random) => {
      expect(reconnectDelay(1, spread, random)).toBeLessThan(spread);
    }),
  );
});

test("[HB7] a later attempt never waits less", () => {
  fc.assert(
    fc.property(attempts, spreads, chance, (attempt, spread, random) => {
      const earlier = reconnectDelay(attempt, spread, random);
      expect(reconnectDelay(attempt + 1, spread, random)).toBeGreaterThanOrEqual(earlier);
    }),
  );
});

test("[HB7] chance alone cannot make a client ask without pause", () => {
  expect(reconnectDelay(1, 2_500, 0)).toBe(0);
  expect(reconnectDelay(2, 2_500, 0)).toBe(100);
});

test("[HB7] the jitter is full: the first reconnects of a thousand clients fill the spread", () => {
  const delays = Array.from({ length: 1_000 }, (_, client) => reconnectDelay(1, 2_500, client / 1_000));
  const perQuarter = [0, 1, 2, 3].map(
    (quarter) => delays.filter((ms) => Math.floor(ms / 625) === quarter).length,
  );
  expect(perQuarter).toEqual([250, 250, 250, 250]);
});

test("[HB7] hurrying never prolongs a wait and leaves half a second at most", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000, max: 100_000 }), chance, (remaining, random) => {
      const delay = hurriedDelay(remaining, random);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(Math.max(0, Math.min(remaining, 500)));
    }),
  );
});
