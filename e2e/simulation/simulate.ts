import { expect } from "vitest";
import type { Timings } from "../../core/shared/timings";
import { makeScript, type Script } from "./script";
import { shrink } from "./shrink";
import { World, type Outcome } from "./world";

/** Runs one world from beginning to end. */
export function play(timings: Timings, script: Script): Promise<Outcome> {
  return new World(timings, script).run();
}

/** How many worlds a test lives through, unless ROLLCALL_SIM_RUNS says otherwise. */
const WORLDS = 10_000;

const RUNS = Number(process.env["ROLLCALL_SIM_RUNS"] ?? WORLDS);
const FIRST_SEED = Number(process.env["ROLLCALL_SIM_SEED"] ?? 1);

/** A busy machine needs longer; more worlds than usual too. */
export const TIMEOUT_MS = Math.max(300_000, RUNS * 100);

/** Lives through very many worlds with these timings, and explains the first that goes wrong. */
export async function simulate(name: string, timings: Timings, mustOccur: readonly string[]): Promise<void> {
  const counters = new Map<string, number>();
  const startedAt = performance.now();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
    const script = makeScript(seed, timings.intervalMs);
    const { failure, counters: found } = await play(timings, script);
    for (const [what, by] of found) counters.set(what, (counters.get(what) ?? 0) + by);
    if (failure) expect.fail(await explain(timings, script, failure));
  }
  report(name, RUNS, performance.now() - startedAt, counters);
  // A simulation in which nothing goes wrong proves nothing.
  if (RUNS >= 1_000) expect(mustOccur.filter((what) => !counters.has(what))).toEqual([]);
}

/** The smallest script that still fails, as code to run again and to keep as a test. */
async function explain(timings: Timings, script: Script, failure: string): Promise<string> {
  const rule = failure.split(" ", 1)[0] ?? "";
  const smallest = await shrink(script, async (candidate) => {
    const again = await play(timings, candidate);
    return again.failure?.startsWith(rule) ?? false;
  });
  const { failure: last } = await play(timings, smallest);
  const { actions, ...rest } = smallest;
  return [
    `seed ${script.seed}: ${failure}`,
    `run it again with ROLLCALL_SIM_SEED=${script.seed} ROLLCALL_SIM_RUNS=1 npm run test:simulation`,
    `or play(timings, script), the smallest script being`,
    `${JSON.stringify(rest).slice(0, -1)},"actions":[`,
    ...actions.map((action) => `  ${JSON.stringify(action)},`),
    `]}`,
    `which ends with: ${last}`,
  ].join("\n");
}

function report(name: string, runs: number, tookMs: number, counters: ReadonlyMap<string, number>): void {
  const perMinute = Math.round((runs / tookMs) * 60_000);
  const lines = [...counters]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, by]) => `  ${what}: ${by}`);
  console.log(
    `${name}: ${runs} worlds in ${(tookMs / 1000).toFixed(1)} s, ${perMinute} a minute\n${lines.join("\n")}`,
  );
}
