import { expect, test } from "vitest";
import { outcomeOf, retryDelayMs } from "./webhook-outcome";

const NOW = Date.UTC(2026, 0, 1);

test("a failed webhook is repeated after growing, slightly random delays of at most about an hour", () => {
  const delays = Array.from({ length: 12 }, (_, index) => retryDelayMs(index + 1, 0.5));
  expect(delays[0]).toBe(5_000);
  expect(delays).toEqual([...delays].sort((a, b) => a - b));
  expect(delays.at(-1)).toBe(3_600_000);
  expect(retryDelayMs(1, 0)).toBe(4_500);
  expect(retryDelayMs(1, 1)).toBe(5_500);
});

test.each([200, 201, 202, 204, 299])("a response of %i means delivered", (status) => {
  expect(outcomeOf(status, null, NOW)).toEqual({ kind: "delivered" });
});

test.each([400, 401, 403, 404, 405, 413, 415, 422, 451])(
  "a response of %i refuses the message for good",
  (status) => expect(outcomeOf(status, "5", NOW)).toEqual({ kind: "refused", status, pauseMs: 0 }),
);

test("a response of 410 refuses the message, and pauses the receiver for an hour", () => {
  expect(outcomeOf(410, null, NOW)).toEqual({ kind: "refused", status: 410, pauseMs: 3_600_000 });
});

test.each([301, 302, 307, 308, 304, 408, 425, 429, 500, 502, 503, 504])(
  "a response of %i means that the receiver cannot take it now",
  (status) =>
    expect(outcomeOf(status, null, NOW)).toEqual({ kind: "failed", why: String(status), retryAfterMs: 0 }),
);

test.each([
  ["7", 7_000],
  [" 7 ", 7_000],
  [new Date(NOW + 90_000).toUTCString(), 90_000],
  [new Date(NOW - 90_000).toUTCString(), 0],
  ["999999999", 3_600_000],
  ["soon", 0],
  ["-3", 0],
  ["", 0],
])("a Retry-After of %j waits %i ms", (header, retryAfterMs) => {
  expect(outcomeOf(429, header, NOW)).toMatchObject({ kind: "failed", retryAfterMs });
});
