import { expect, test } from "vitest";
import { quantileBound } from "./histogram";

const bounds = [10, 20, 30];

test("[HB9] median and 95th are the least bounds that so many did not exceed", () => {
  const histogram = { counts: [50, 94, 100], count: 100 };
  expect(quantileBound(histogram, bounds, 0.5)).toBe(10);
  expect(quantileBound(histogram, bounds, 0.51)).toBe(20);
  expect(quantileBound(histogram, bounds, 0.95)).toBe(30);
});

test("[HB9] what lies beyond the last bound is said to, and nothing is said of nothing", () => {
  expect(quantileBound({ counts: [0, 0, 1], count: 2 }, bounds, 0.95)).toBe(Infinity);
  expect(quantileBound({ counts: [0, 0, 0], count: 0 }, bounds, 0.5)).toBeNull();
});
