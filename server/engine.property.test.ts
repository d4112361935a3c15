import fc from "fast-check";
import { describe, test } from "vitest";
import { AVAILABILITIES } from "../core/shared/choices";
import type { Activity, Role } from "../core/shared/terms";
import { World, type Command } from "./testing/world";
import { SHORT_TIMINGS } from "../core/testing/driver";
import { validateTimings } from "../core/shared/timings";

/**
 * Random histories of a small room behind the real engine. After every event the room is compared with the naive model
 * in server/testing/model.ts, and over the wire with replicas. Timings are short, so that much happens in few steps.
 */
const VARIETY = [
  SHORT_TIMINGS,
  { ...SHORT_TIMINGS, misses: 1 },
  { ...SHORT_TIMINGS, misses: 2, retryMs: 1_000, hiddenAwayAfterMs: 500 },
];
for (const timings of VARIETY) validateTimings(timings);

const pick = fc.nat({ max: 20 });
const user = fc.nat({ max: 3 });
const client = fc.nat({ max: 2 });
const session = fc.nat({ max: 2 });
const forMs: fc.Arbitrary<number | null> = fc.option(fc.nat({ max: 6_000 }));
const activity: fc.Arbitrary<Activity> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ idleMs: 0, hiddenMs: null }) },
  fc.record({ idleMs: fc.nat({ max: 10_000 }), hiddenMs: fc.option(fc.nat({ max: 6_000 })) }),
);
const role = fc.constantFrom<Role>("member", "member", "admin");
const of = <Type extends Command["type"]>(...types: Type[]) => fc.constantFrom(...types);

const people: fc.WeightedArbitrary<Command>[] = [
  { weight: 8, arbitrary: fc.record({ type: of("connect"), user, client, session, role, activity }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: of("connect"), user, client, session, role, activity: fc.constant(null) }),
  },
  { weight: 4, arbitrary: fc.record({ type: of("return"), pick, activity }) },
  { weight: 1, arbitrary: fc.record({ type: of("replay"), pick }) },
  { weight: 6, arbitrary: fc.record({ type: of("touch", "hide", "show", "silence", "unsilence"), pick }) },
  { weight: 6, arbitrary: fc.record({ type: of("leave", "close", "close", "signOut"), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: of("choose"),
      pick,
      availability: fc.constantFrom(...AVAILABILITIES),
      forMs,
      hideLastSeen: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: of("disconnect", "forget"), user }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: of("haunt"),
      pick,
      how: fc.constantFrom("heard" as const, "leaving" as const, "close" as const, "signOut" as const),
    }),
  },
];
const time: fc.WeightedArbitrary<Command>[] = [
  { weight: 6, arbitrary: fc.record({ type: of("wait"), ms: fc.nat({ max: 2_000 }) }) },
  { weight: 2, arbitrary: fc.record({ type: of("wait"), ms: fc.nat({ max: 12_000 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({ type: of("waitForDeadline"), offsetMs: fc.integer({ min: -1, max: 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: of("sweep") }) },
];
const wire: fc.WeightedArbitrary<Command>[] = [
  { weight: 5, arbitrary: fc.record({ type: of("flush") }) },
  { weight: 1, arbitrary: fc.record({ type: of("loseDiff"), pick }) },
];
const oversleeps: fc.WeightedArbitrary<Command>[] = [
  { weight: 2, arbitrary: fc.record({ type: of("oversleep"), ms: fc.nat({ max: 12_000 }) }) },
  { weight: 2, arbitrary: fc.record({ type: of("oversleep"), ms: fc.nat({ max: 1_000 }) }) },
];
const sleeps: fc.WeightedArbitrary<Command>[] = [
  { weight: 4, arbitrary: fc.record({ type: of("hibernate") }) },
];
const crashes: fc.WeightedArbitrary<Command>[] = [
  { weight: 2, arbitrary: fc.record({ type: of("crash"), downMs: fc.integer({ min: 1, max: 5_000 }) }) },
];

function history(...kinds: fc.WeightedArbitrary<Command>[][]): fc.Arbitrary<Command[]> {
  return fc.array(fc.oneof(...kinds.flat()), { minLength: 5, maxLength: 80, size: "max" });
}

/** The test uses no real clock, but a thousand small worlds take long on slow machines. */
const PATIENCE_MS = 60_000;
const numRuns = 100;

function holds(commands: fc.Arbitrary<Command[]>): Promise<void> {
  const property = fc.asyncProperty(fc.constantFrom(...VARIETY), commands, async (timings, script) => {
    await new World(timings).perform(script);
  });
  return fc.assert(property, { numRuns });
}

describe("a room in random histories", () => {
  test(
    "[ST1 ST5 ST6 CN1 CN2 HB1-HB4 GR1 GR2] shows what the rules say, with the alarm on time",
    () => holds(history(people, time)),
    PATIENCE_MS,
  );

  test(
    "[HB2 GR1] shows what the rules say after each sweep, however late the alarm was",
    () => holds(history(people, time, oversleeps)),
    PATIENCE_MS,
  );

  test(
    "[SY1 SY2 SY3 SY4 PR1] is followed by replicas over the wire, joiners and losers of diffs included",
    () => holds(history(people, time, wire)),
    PATIENCE_MS,
  );

  test(
    "[HB5 DB1] loses nothing by hibernating at any quiet moment",
    () => holds(history(people, time, wire, sleeps, oversleeps)),
    PATIENCE_MS,
  );

  test(
    "[GR3 DB1 DB2] comes back from a crash without a flicker, and knows who was last seen when",
    () => holds(history(people, time, wire, sleeps, crashes)),
    PATIENCE_MS,
  );
});
