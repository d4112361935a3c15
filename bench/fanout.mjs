// `node --import tsx bench/fanout.mjs [--people 100,1000,5000] [--root DIR]`: what a change costs workerd by the number
// of receivers, and by how many changes share a flush. Bursts are sent by so many people at the same moment.
import { parseArgs } from "node:util";
import { sleep } from "../scripts/ports.mjs";
import { Generators, limit } from "./lib/generators.mjs";
import { phases } from "./lib/phases.mjs";
import { cpuMs, requireFiles } from "./lib/processes.mjs";
import { markdown } from "./lib/tables.mjs";
import { AWAY, ONLINE } from "./lib/tools.mjs";
import * as rollcall from "./peers/rollcall.mjs";

const { values } = parseArgs({
  options: { people: { type: "string", default: "100,500,1000,2000,5000" }, root: { type: "string" } },
});
const BURSTS = [1, 10, 50];
/** Enough of them that ticks of 10 ms say something. */
const FRAMES = 40_000;

const rows = [
  [
    "receivers",
    "changes at once",
    "bursts",
    "workerd per burst, ms",
    "frames per client and burst",
    "µs per frame",
    "µs per change and receiver",
  ],
];
for (const people of values.people.split(",").map(Number)) {
  requireFiles(people);
  const running = await rollcall.start({ ...(values.root && { root: values.root }) });
  const generators = new Generators(1);
  try {
    const indexes = Array.from({ length: people }, (_, index) => index);
    const credentials = await rollcall.credentials(indexes);
    await generators.all("start", { system: "rollcall", url: running.url, people, indexes, credentials });
    await phases["join"]?.({
      generators,
      running,
      peer: rollcall,
      people,
      changes: 0,
      quietMs: 0,
      limitMs: 120_000,
      concurrency: 100,
    });
    for (const burst of BURSTS) {
      const row = await limit(measure(generators, running, people, burst), 120_000, "a burst");
      rows.push(row);
      // A run that is stopped has not been for nothing.
      console.error(row.join(" · "));
    }
  } finally {
    generators.end();
    await running.stop();
  }
}
console.log(markdown(rows));
process.exit(0);

/**
 * @param {Generators} generators
 * @param {import("./lib/run-system.mjs").Running} running
 * @param {number} people
 * @param {number} burst
 */
async function measure(generators, running, people, burst) {
  const pid = running.pids["workerd"] ?? 0;
  const bursts = Math.max(10, Math.min(100, Math.ceil(FRAMES / people)));
  await generators.all("reset");
  const before = cpuMs(pid);
  for (let each = 0; each < bursts; each += 1) {
    const status = each % 2 === 0 ? AWAY : ONLINE;
    for (let index = 0; index < burst; index += 1) void generators.all("change", { index, status });
    // The burst's own flushes, and then quiet.
    await sleep(250);
  }
  await sleep(500);
  const spentMs = cpuMs(pid) - before;
  const [totals] = await generators.all("totals");
  const micros = spentMs * 1_000;
  return [
    people,
    burst,
    bursts,
    (spentMs / bursts).toFixed(2),
    (totals.news / people / bursts).toFixed(1),
    (micros / totals.frames).toFixed(1),
    (micros / bursts / burst / people).toFixed(2),
  ].map(String);
}
