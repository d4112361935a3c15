import { expect, test } from "vitest";
import { retryDelayMs } from "./webhooks";

test("a failed webhook is tried again after growing, slightly random delays of at most an hour or so", () => {
  const delays = Array.from({ length: 12 }, (_, index) => retryDelayMs(index + 1, 0.5));
  expect(delays[0]).toBe(5_000);
  expect(delays).toEqual([...delays].sort((a, b) => a - b));
  expect(delays.at(-1)).toBe(3_600_000);
  expect(retryDelayMs(1, 0)).toBe(4_500);
  expect(retryDelayMs(1, 1)).toBe(5_500);
});
