// `node --import tsx bench/profile.mjs`: where workerd's CPU goes while the bench's people do something. It samples the
// server with Linux's perf, and V8 tells perf the names of the JavaScript. See `--help`.
import { parseArgs } from "node:util";
import { sleep } from "../scripts/ports.mjs";
import { requirePerf, runSampled } from "./lib/perf.mjs";
import { phases } from "./lib/phases.mjs";
import { requireFiles } from "./lib/processes.mjs";
import { appliesTo } from "./lib/run-system.mjs";
import { kinds, Profile } from "./lib/stacks.mjs";
import { markdown } from "./lib/tables.mjs";
import { peers } from "./peers/registry.mjs";

const ROOMS = Object.keys(peers).filter((name) => name === "rollcall" || name.startsWith("floor-"));
/** How many functions are listed. */
const LISTED = 25;
const HELP = `node --import tsx bench/profile.mjs [options]
  --system a,b  of ${ROOMS.join(", ")} (rollcall,floor-accept,floor-coalesce)
  --people n    in the room (1000)
  --phase p     of ${Object.keys(phases).join(", ")} (join); those that it needs go before it, unsampled
  --rounds n    each system that often, in turn (3); what is told is the mean

What is told includes the second and a half of rest with which a phase ends. Sampling, and names for all
that is interpreted, cost the server a fifth to a third of its CPU: how fast it is, \`npm run bench\` tells.`;

const { values } = parseArgs({
  options: {
    system: { type: "string", default: "rollcall,floor-accept,floor-coalesce" },
    people: { type: "string", default: "1000" },
    phase: { type: "string", default: "join" },
    rounds: { type: "string", default: "3" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const { phase } = values;
const [people, rounds] = [Number(values.people), Number(values.rounds)];
const systems = values.system.split(",");
try {
  await check();
  await main();
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exit(1);
}
process.exit(0);

async function check() {
  for (const each of [people, rounds])
    if (!Number.isInteger(each) || each < 1 || each > 10_000) throw new Error(HELP);
  if (!Object.hasOwn(phases, phase)) throw new Error(`no phase ${phase}\n${HELP}`);
  for (const name of systems) {
    if (!ROOMS.includes(name)) throw new Error(`no system ${name} that runs in workerd\n${HELP}`);
    const peer = await /** @type {any} */ (peers)[name]();
    if (!appliesTo(peer, phase)) throw new Error(`${name} has no phase ${phase}`);
  }
  requirePerf();
  requireFiles(people);
}

async function main() {
  /** @type {{ name: string, profile: Profile, counted: number[] }[]} */
  const measured = systems.map((name) => ({ name, profile: new Profile(), counted: [] }));
  for (let round = 0; round < rounds; round += 1)
    for (const each of measured) {
      each.counted.push(await runSampled(each.name, phase, people, each.profile));
      // Sockets and pages are given back.
      await sleep(1_000);
    }
  const mean = (/** @type {number} */ ms) => (ms / rounds).toFixed(0);
  console.log(`${phase}, ${people} people, ${rounds} round(s): workerd's CPU in ms\n`);
  const columns = (/** @type {(each: typeof measured[number]) => number} */ ms) =>
    measured.map((each) => mean(ms(each)));
  console.log(
    markdown([
      ["", ...systems],
      ...kinds.map((kind) => [kind, ...columns(({ profile }) => profile.kinds.get(kind) ?? 0)]),
      ["in all", ...columns(({ profile }) => profile.totalMs)],
      ["in all, as Linux counts it, without the rest", ...measured.map(({ counted }) => spread(counted))],
    ]),
  );
  for (const { name, profile } of measured)
    if (profile.functions(1).length > 0) console.log(`\n${functionTable(name, profile)}`);
}

/** @param {number[]} values @returns their mean, with the least and the most: rounds may differ by half */
function spread(values) {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return `${mean.toFixed(0)} (${Math.min(...values)}–${Math.max(...values)})`;
}

/** @param {string} name @param {Profile} profile */
function functionTable(name, profile) {
  const mean = (/** @type {number} */ ms) => (ms / rounds).toFixed(1);
  return markdown([
    [
      `${name}: JavaScript, with what it calls`,
      "ms",
      "µs per person",
      "itself, with the runtime below, ms",
      "as the outermost, ms",
    ],
    ...profile
      .functions(LISTED)
      .map(({ name: what, ms, selfMs, entryMs }) => [
        `\`${what}\``,
        mean(ms),
        ((ms / rounds / people) * 1_000).toFixed(1),
        mean(selfMs),
        mean(entryMs),
      ]),
  ]);
}
