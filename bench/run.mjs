// `npm run bench`: starts each system in turn on loopback, drives all of them with the same load, and
// writes the figures, a table and a chart to bench/results/. See `--help`.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sleep } from "../scripts/ports.mjs";
import { drawChart } from "./lib/chart.mjs";
import { installPeers } from "./lib/install.mjs";
import { describeMachine } from "./lib/machine.mjs";
import { phases } from "./lib/phases.mjs";
import { requireFiles } from "./lib/processes.mjs";
import { runSystem } from "./lib/run-system.mjs";
import { writeTables } from "./lib/tables.mjs";
import { peers } from "./peers/registry.mjs";

const HELP = `npm run bench -- [options]
  --systems a,b   of ${Object.keys(peers).join(", ")}
  --sizes n,n     people in the room (1000); 100, 500, 1000, 2000 and 5000 are the usual ones
  --rounds n      each system that often, in turn (3)
  --phases a,b    of ${Object.keys(phases).join(", ")}
  --limit s       for one phase (120)
  --quick         100 people, one round, few changes, a short quiet
  --name text     of the files in bench/results/ (the date)

Touch no file of the project meanwhile: the room server builds itself anew when one changes.`;

const { values } = parseArgs({
  options: {
    systems: { type: "string", default: Object.keys(peers).join(",") },
    sizes: { type: "string" },
    rounds: { type: "string" },
    phases: { type: "string", default: Object.keys(phases).join(",") },
    limit: { type: "string", default: "120" },
    quick: { type: "boolean", default: false },
    name: { type: "string", default: new Date().toISOString().slice(0, 16).replace(":", "") },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const { quick } = values;
const sizes = (values.sizes ?? (quick ? "100" : "1000")).split(",").map(Number);
const rounds = Number(values.rounds ?? (quick ? 1 : 3));
const systems = values.systems.split(",");
for (const name of systems) if (!Object.hasOwn(peers, name)) throw new Error(`no system ${name}\n${HELP}`);
if (![...sizes, rounds].every((each) => Number.isInteger(each) && each > 0 && each <= 10_000))
  throw new Error(HELP);

installPeers();
requireFiles(Math.max(...sizes));
await mkdir(fileURLToPath(new URL("results/", import.meta.url)), { recursive: true });
const target = path.join(fileURLToPath(new URL("results/", import.meta.url)), values.name);

const settings = {
  wanted: values.phases.split(","),
  changes: quick ? 10 : 50,
  quietMs: quick ? 10_000 : 30_000,
  limitMs: Number(values.limit) * 1_000,
  concurrency: 100,
};
/** @type {import("./lib/results.mjs").Results} */
const results = { machine: describeMachine(), settings, rounds, runs: [] };

for (const people of sizes) {
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another system, so that none always follows the same one.
    const order = [...systems.slice(round % systems.length), ...systems.slice(0, round % systems.length)];
    for (const system of order) await measure(system, people, round);
  }
}
console.log(`\n${await writeTables(results)}\nbench/results/${values.name}.{json,md,svg}`);
process.exit(0);

/** @param {string} system @param {number} people @param {number} round */
async function measure(system, people, round) {
  const { largest = Infinity } = await /** @type {any} */ (peers)[system]();
  if (people > largest) return;
  const startedAt = Date.now();
  try {
    const run = await runSystem(system, { ...settings, people, log });
    results.runs.push({ system, people, round, ...run });
  } catch (error) {
    console.error(error);
    results.runs.push({ system, people, round, versions: {}, phases: {}, failed: String(error) });
  }
  const clear = process.stdout.isTTY ? "\r\x1b[K" : "";
  console.log(`${clear}${system}, ${people} people: ${Math.round((Date.now() - startedAt) / 1_000)} s`);
  await save();
  // Sockets and pages are given back.
  await sleep(1_000);

  /** @param {string} phase */
  function log(phase) {
    if (process.stdout.isTTY) process.stdout.write(`\r${system}, ${people} people: ${phase}\x1b[K`);
  }
}

/** After each system: a run that is stopped has not been for nothing. */
async function save() {
  await writeFile(`${target}.json`, `${JSON.stringify(results, null, 1)}\n`);
  await writeFile(`${target}.md`, await writeTables(results));
  await writeFile(`${target}.svg`, await drawChart(results));
}
