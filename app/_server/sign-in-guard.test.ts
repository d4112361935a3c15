import type * as Guard from "./sign-in-guard";
import { beforeEach, expect, test, vi } from "vitest";

let guard: typeof Guard;

/** What is counted is the process's; each test is a process of its own. */
beforeEach(async () => {
  vi.resetModules();
  guard = await import("./sign-in-guard");
});

/** How many guesses are let through when one is made each `everyMs` for `forMs`, from addresses of the guesser's choice. */
function guesses(addressOf: (index: number) => string, everyMs: number, forMs: number): number {
  let through = 0;
  for (let now = 0, index = 0; now < forMs; now += everyMs, index += 1) {
    const headers = new Headers({ "x-forwarded-for": addressOf(index) });
    try {
      guard.guardedAttempt(guard.clientAddress(headers), () => false, now);
      through += 1;
    } catch {
      // Refused with 429, which the next test looks at.
    }
  }
  return through;
}

const DAY_MS = 24 * 3_600_000;

test("[SE5] one address has few guesses a day", () => {
  expect(guesses(() => "203.0.113.5", 1_000, DAY_MS)).toBeLessThan(120);
});

test("[SE5] values that a client puts before its proxy's do not make it another", () => {
  expect(
    guesses((index) => `198.51.100.${index}, 10.0.0.${index % 255}, 203.0.113.5`, 1_000, DAY_MS),
  ).toBeLessThan(120);
});

test("[SE5] a new address for each guess helps little: there is a limit over all", () => {
  // 20 s each, after the free ones: no password of 12 characters falls to that.
  expect(guesses((index) => `addr-${index}`, 1_000, DAY_MS)).toBeLessThan(DAY_MS / 20_000 + 50);
});

test("[SE5] whoever is refused is told for how long, and even the right password has to wait", () => {
  for (let i = 0; i < 40; i += 1) {
    try {
      guard.guardedAttempt(`addr-${i}`, () => false, 0);
    } catch {
      // Expected from the 32nd on.
    }
  }
  const attempt = vi.fn<() => boolean>(() => true);
  expect(() => guard.guardedAttempt("the admin's", attempt, 0)).toThrow(/Try again in \d+ s/);
  expect(attempt).not.toHaveBeenCalled();
  expect(guard.guardedAttempt("the admin's", attempt, 20_000)).toBe(true);
});
