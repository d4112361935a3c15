import type * as Guard from "./sign-in-guard";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let guard: typeof Guard;

/** The counters belong to the process. A fresh module gives each test its own. */
beforeEach(async () => {
  vi.resetModules();
  vi.useFakeTimers({ now: 0 });
  guard = await import("./sign-in-guard");
});
afterEach(() => void vi.useRealTimers());

const MINUTE_MS = 60_000;

/** Tries a password every `everyMs` for `forMs`, and returns how many were checked. */
async function checked(
  from: (index: number) => Guard.Attempter,
  everyMs: number,
  forMs: number,
): Promise<number> {
  let checks = 0;
  for (let passed = 0, index = 0; passed < forMs; passed += everyMs, index += 1) {
    const attempt = () => {
      checks += 1;
      return false;
    };
    void guard.guardedAttempt(from(index), attempt).catch(() => {});
    await vi.advanceTimersByTimeAsync(everyMs);
  }
  return checks;
}

test("[SE5] at most 20 passwords a second are checked, from any number of addresses", async () => {
  const from = (index: number) => ({ address: `address-${index}`, browserId: null });
  expect(await checked(from, 10, MINUTE_MS)).toBeLessThanOrEqual(20 * 60 + 1);
});

test("[SE5] a known browser has ten wrong passwords in a quarter of an hour in addition to its turns", async () => {
  const stranger = checked(() => ({ address: "a", browserId: null }), 25, MINUTE_MS);
  const others = await stranger;
  const known = await checked(() => ({ address: "a", browserId: "b" }), 25, MINUTE_MS);
  expect(known - others).toBeLessThanOrEqual(12);
});

test("[SE5] a wrong password waits for a few seconds at most, and the right one is accepted in the meantime", async () => {
  const from = { address: "unknown", browserId: null };
  const wrong = async () => {
    const outcome = guard.guardedAttempt(from, () => false).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(100);
    return await outcome;
  };
  for (let i = 0; i < 5; i += 1) expect(await wrong()).toMatchObject({ status: 401 });
  for (let i = 0; i < 20; i += 1)
    expect(await wrong()).toMatchObject({
      status: 429,
      headers: { "Retry-After": expect.stringMatching(/^[1-5]$/) },
    });
  const right = guard.guardedAttempt(from, () => true);
  await vi.advanceTimersByTimeAsync(100);
  await expect(right).resolves.toBeUndefined();
});
