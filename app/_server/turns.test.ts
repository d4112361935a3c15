import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Turns } from "./turns";

const POLICY = { everyMs: 50, budget: 100, slowMs: 1_000, madeGoodMs: 1_000, most: 20, longestMs: 5_000 };

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** Sends wrong attempts from one address at a rate for a time. Returns how many got a turn. */
async function flood(turns: Turns, address: string, perSecond: number, seconds: number): Promise<number> {
  let through = 0;
  for (let i = 0; i < perSecond * seconds; i += 1) {
    void turns.take(address).then((taken) => {
      if (taken) {
        through += 1;
        turns.failed();
      }
    });
    await vi.advanceTimersByTimeAsync(1_000 / perSecond);
  }
  return through;
}

test("[SE5] a user with the password always gets in, while ten wrong passwords a second come from the same address", async () => {
  const turns = new Turns({ ...POLICY, budget: 20_000 });
  const flooding = flood(turns, "unknown", 10, 60);
  let let_in = 0;
  for (let second = 0; second < 60; second += 1) {
    void turns.take("unknown").then((taken) => taken && (let_in += 1));
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await vi.runAllTimersAsync();
  await flooding;
  expect(let_in).toBe(60);
});

test("[SE5] any number of attackers get at most the rate, and less after the budget is used up", async () => {
  const turns = new Turns(POLICY);
  expect(await flood(turns, "a", 200, 4)).toBeLessThanOrEqual(81);
  // The budget is used up. From now on it is one a second.
  await flood(turns, "a", 200, 2);
  expect(await flood(turns, "a", 200, 30)).toBeLessThanOrEqual(31);
});

test("[SE5] a flood from one address delays other addresses by a turn or two at most", async () => {
  const turns = new Turns(POLICY);
  const flooding = flood(turns, "a", 200, 20);
  await vi.advanceTimersByTimeAsync(10_000);
  let waitedMs = -1;
  const from = performance.now();
  void turns.take("b").then((taken) => taken && (waitedMs = performance.now() - from));
  await vi.advanceTimersByTimeAsync(10_000);
  await flooding;
  expect(waitedMs).toBeGreaterThanOrEqual(0);
  expect(waitedMs).toBeLessThanOrEqual(5_000);
});

test("[SE5] turns are drawn at random among addresses first, not in the order of arrival", async () => {
  for (const random of [0, 0.99]) {
    const turns = new Turns(POLICY, () => random);
    const order: string[] = [];
    for (const address of ["a", "a", "a", "a", "a", "b", "c"])
      void turns.take(address).then(() => order.push(address));
    await vi.runAllTimersAsync();
    expect(order).toHaveLength(7);
    expect(order[0]).toBe(random === 0 ? "a" : "c");
    expect(order[1]).toBe(random === 0 ? "a" : "b");
  }
});

test("[SE5] an attempt without a turn is rejected, and a full queue rejects from the address with the most waiting", async () => {
  const turns = new Turns(POLICY);
  const outcomes: (readonly [string, boolean])[] = [];
  const take = (address: string) => void turns.take(address).then((taken) => outcomes.push([address, taken]));
  take("b");
  for (let i = 0; i < 40; i += 1) take("a");
  await vi.runAllTimersAsync();
  expect(outcomes).toHaveLength(41);
  expect(outcomes.filter(([, taken]) => !taken).every(([address]) => address === "a")).toBe(true);
  expect(outcomes).toContainEqual(["b", true]);
});
