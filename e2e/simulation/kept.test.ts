import { expect, test } from "vitest";
import { DEFAULT_TIMINGS } from "../../core/shared/timings";
import { makeScript, type Action, type TabPlan } from "./script";
import { play } from "./simulate";
import { TIGHT } from "./timings";

// Worlds that once went wrong, as small as they could be made.

const tab = (user: string, over: Partial<TabPlan> = {}): TabPlan => ({
  user,
  role: "member",
  observes: false,
  clockAheadMs: 0,
  ...over,
});

async function failureOf(
  seed: number,
  slowestMs: number,
  tabs: readonly TabPlan[],
  forMs: number,
  actions: readonly Action[],
  timings = DEFAULT_TIMINGS,
): Promise<string | null> {
  return (await play(timings, { seed, slowestMs, tabs, forMs, actions })).failure;
}

test("[HB5] [GR1] a connection whose close wakes the room has its grace and was last seen when it was heard", async () => {
  const tabs = [tab("cyd"), tab("ada"), tab("ben", { role: "admin" }), tab("ben")];
  const failure = await failureOf(43, 40, tabs, 3_967, [
    { at: 925, tab: 3, do: "hibernate" },
    { at: 3_966, tab: 1, do: "cut", seenBy: "server" },
  ]);
  expect(failure).toBeNull();
});

test("[HB5] [SY4] admins learn of a connection that closed during hibernation", async () => {
  const tabs = [tab("ben"), tab("cyd", { role: "admin", observes: true }), tab("ben")];
  const failure = await failureOf(1249, 150, tabs, 80_000, [
    { at: 12_496, tab: 0, do: "alwaysHibernate" },
    { at: 24_676, tab: 2, do: "reload", ms: 138, tells: true },
    { at: 37_336, tab: 0, do: "input" },
    { at: 46_516, tab: 0, do: "crash", ms: 671, share: 0.019513138104230165, seen: true },
    { at: 59_867, tab: 1, do: "reload", ms: 62, tells: true },
    { at: 64_092, tab: 2, do: "reload", ms: 78, tells: false },
  ]);
  expect(failure).toBeNull();
});

test("[HB5] [SY4] a room that was only watched when it fell asleep numbers its diffs on", async () => {
  const tabs = [tab("cyd", { role: "admin", observes: true }), tab("cyd")];
  const failure = await failureOf(2837, 5, tabs, 42_420, [
    { at: 15_193, tab: 0, do: "alwaysHibernate" },
    { at: 31_457, tab: 0, do: "deploy", ms: 1_084 },
    { at: 41_988, tab: 1, do: "cache", ms: 1_208 },
    { at: 42_419, tab: 1, do: "deploy", ms: 3_111 },
  ]);
  expect(failure).toBeNull();
});

test("[DB2] who keeps speaking before a ping is due is proven alive as well", async () => {
  const typing = Array.from({ length: 9 }, (_, index): Action => ({
    at: 6_000 * (index + 1),
    tab: 0,
    do: "input",
  }));
  const failure = await failureOf(1, 40, [tab("ada"), tab("ben")], 62_000, [
    { at: 3_000, tab: 1, do: "close", how: "told" },
    ...typing,
    { at: 57_000, tab: 0, do: "crash", ms: 500, share: 1, seen: true },
    { at: 57_001, tab: 0, do: "close", how: "vanished" },
    { at: 60_000, tab: 1, do: "open" },
  ]);
  expect(failure).toBeNull();
});

test("[HB2] [HB5] who was first asked by an earlier round than the latest is still known to be after hibernation", async () => {
  const failure = await failureOf(3158, 40, [tab("ben"), tab("cyd")], 79_257, [
    { at: 2_462, tab: 1, do: "alwaysHibernate" },
    { at: 65_942, tab: 1, do: "cut", seenBy: "neither" },
    { at: 79_256, tab: 0, do: "cut", seenBy: "both" },
  ]);
  expect(failure).toBeNull();
});

test("[GR3] [TM1] a process that begins at the wall time of an earlier one is a restart all the same", async () => {
  const tabs = [
    tab("ben", { role: "admin", observes: true }),
    tab("ada", { role: "admin", observes: true }),
    tab("ada"),
  ];
  const actions: Action[] = [
    { at: 594, tab: 2, do: "crash", ms: 17, share: 0.80988032463938, seen: true },
    { at: 1_170, tab: 1, do: "crash", ms: 106, share: 0.008450907422229648, seen: false },
    { at: 1_469, tab: 0, do: "setServerClock", ms: -1_000 },
  ];
  expect(await failureOf(8693, 5, tabs, 10_000, actions, TIGHT)).toBeNull();
});

test("the same script goes the same way each time", async () => {
  const script = makeScript(7, DEFAULT_TIMINGS.intervalMs);
  const [once, again] = [await play(DEFAULT_TIMINGS, script), await play(DEFAULT_TIMINGS, script)];
  expect([...again.counters]).toEqual([...once.counters]);
});
