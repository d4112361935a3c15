import { expect, test } from "vitest";
import { Attempts } from "./attempts";

const POLICY = { free: 3, firstDelayMs: 1_000, maxDelayMs: 8_000, forgetAfterMs: 60_000 };

function afterFailures(count: number): Attempts {
  const attempts = new Attempts(POLICY);
  for (let index = 0; index < count; index += 1) attempts.failed("a", 0);
  return attempts;
}

test("[SE5] the first wrong passwords cause no wait", () => {
  expect(afterFailures(3).waitMs("a", 0)).toBe(0);
});

test("[SE5] each further wrong password doubles the wait, up to a limit", () => {
  expect([4, 5, 6, 7, 8, 50].map((count) => afterFailures(count).waitMs("a", 0))).toEqual([
    1_000, 2_000, 4_000, 8_000, 8_000, 8_000,
  ]);
});

test("[SE5] the wait ends", () => {
  const attempts = afterFailures(5);
  expect(attempts.waitMs("a", 1_500)).toBe(500);
  expect(attempts.waitMs("a", 2_000)).toBe(0);
});

test("[SE5] another key does not wait", () => {
  expect(afterFailures(9).waitMs("b", 0)).toBe(0);
});

test("[SE5] a success clears the failures, and so does a long time without one", () => {
  const attempts = afterFailures(9);
  attempts.succeeded("a");
  expect(attempts.waitMs("a", 0)).toBe(0);
  const rested = afterFailures(9);
  rested.failed("a", POLICY.forgetAfterMs);
  expect(rested.waitMs("a", POLICY.forgetAfterMs)).toBe(0);
});

test("[SE5] invented addresses do not fill the memory: the oldest are forgotten", () => {
  const attempts = afterFailures(9);
  for (let index = 0; index < 10_000; index += 1) attempts.failed(`address ${index}`, 1);
  expect(attempts.waitMs("a", 1)).toBe(0);
});
