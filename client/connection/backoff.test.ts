import fc from "fast-check";
import { expect, test } from "vitest";
import { attemptAfterLoss, hurriedDelay, reconnectDelay } from "./backoff";

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempts = fc.integer({ min: 1, max: 10_000 });
const spreads = fc.integer({ min: 0, max: 10_000_000 });
const BY_DEFAULT = { spreadMs: 2_500, withinMs: 22_500 };

test("[HB7] no wait is negative or longer than the server's limit", () => {
  fc.assert(
    fc.property(attempts, spreads, spreads, chance, (attempt, spreadMs, moreMs, random) => {
      const withinMs = Math.max(100, spreadMs) + moreMs;
      const delay = reconnectDelay(attempt, { spreadMs, withinMs }, random);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(withinMs);
    }),
  );
});

test("[HB7] the first reconnect falls within the spread", () => {
  fc.assert(
    fc.property(fc.integer({ min: 50, max: 30_000 }), chance, (spreadMs, random) => {
      expect(reconnectDelay(1, { spreadMs, withinMs: 30_000 }, random)).toBeLessThan(spreadMs);
    }),
  );
});

test("[HB7] a later attempt never waits for a shorter time", () => {
  fc.assert(
    fc.property(attempts, spreads, chance, (attempt, spreadMs, random) => {
      const waits = { spreadMs, withinMs: 30_000 };
      const earlier = reconnectDelay(attempt, waits, random);
      expect(reconnectDelay(attempt + 1, waits, random)).toBeGreaterThanOrEqual(earlier);
    }),
  );
});

test("[HB7] random numbers alone cannot make a client retry without pause", () => {
  expect(reconnectDelay(1, BY_DEFAULT, 0)).toBe(0);
  expect(reconnectDelay(2, BY_DEFAULT, 0)).toBe(100);
});

test("[HB7] the first reconnects of a thousand clients fill the whole spread", () => {
  const delays = Array.from({ length: 1_000 }, (_, client) => reconnectDelay(1, BY_DEFAULT, client / 1_000));
  const perQuarter = [0, 1, 2, 3].map(
    (quarter) => delays.filter((ms) => Math.floor(ms / 625) === quarter).length,
  );
  expect(perQuarter).toEqual([250, 250, 250, 250]);
});

test("[HB7] hurrying never prolongs a wait, and leaves at most half a second", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000, max: 100_000 }), chance, (remaining, random) => {
      const delay = hurriedDelay(remaining, random);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(Math.max(0, Math.min(remaining, 500)));
    }),
  );
});

test("[GR1] after any number of lost connections the next attempt comes within half a grace, and later waits grow", () => {
  let attempt = 0;
  for (let losses = 0; losses < 20; losses += 1) {
    attempt = attemptAfterLoss(attempt, 3_000);
    // The spread is a quarter of the grace.
    expect(reconnectDelay(attempt, BY_DEFAULT, 0.999)).toBeLessThanOrEqual(10_000 / 2);
  }
  expect(reconnectDelay(attempt + 1, BY_DEFAULT, 0.999)).toBeGreaterThan(5_000);
  expect(attemptAfterLoss(7, 10_000)).toBe(1);
});
