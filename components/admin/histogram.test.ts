import { expect, test } from "vitest";
import { quantileBound } from "./histogram";

const bounds = [10, 20, 30];

test("[HB9] the median and the 95th percentile are the smallest bounds that so many values did not exceed", () => {
  const histogram = { counts: [50, 94, 100], count: 100 };
  expect(quantileBound(histogram, bounds, 0.5)).toBe(10);
  expect(quantileBound(histogram, bounds, 0.51)).toBe(20);
  expect(quantileBound(histogram, bounds, 0.95)).toBe(30);
});

test("[HB9] values above the last bound give Infinity, and no values give null", () => {
  expect(quantileBound({ counts: [0, 0, 1], count: 2 }, bounds, 0.95)).toBe(Infinity);
  expect(quantileBound({ counts: [0, 0, 0], count: 0 }, bounds, 0.5)).toBeNull();
});
