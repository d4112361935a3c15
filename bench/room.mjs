// A quick look at Rollcall alone: `node --import tsx bench/room.mjs [--people 1000] [--root DIR]`. A thousand people
// join, a hundred of them change at once, half sign out; says how long that took, what each client got for it, and what
// it cost the server. `--root` measures another copy of the project.
import { parseArgs } from "node:util";
import { sleep } from "../scripts/ports.mjs";
import { Generators, limit } from "./lib/generators.mjs";
import { phases } from "./lib/phases.mjs";
import { cpuMeter, requireFiles } from "./lib/processes.mjs";
import { markdown } from "./lib/tables.mjs";
import { AWAY } from "./lib/tools.mjs";
import * as rollcall from "./peers/rollcall.mjs";

const { values } = parseArgs({
  options: { people: { type: "string", default: "1000" }, root: { type: "string" } },
});
const people = Number(values.people);
requireFiles(people);

const running = await rollcall.start({ ...(values.root && { root: values.root }) });
const generators = new Generators(2);
try {
  await prepare();
  const context = {
    generators,
    running,
    peer: rollcall,
    people,
    changes: 10,
    quietMs: 0,
    limitMs: 120_000,
    concurrency: 100,
  };
  const rows = [
    [
      "",
      "wall, ms",
      "workerd, ms of CPU",
      "generator, ms of CPU",
      "bytes per client",
      "diffs and syncs per client",
    ],
  ];
  rows.push(row("join", await phases["join"]?.(context)));
  rows.push(row("100 change at once", await manyChanges()));
  rows.push(row("one change (p50)", await phases["change"]?.(context)));
  rows.push(row("half sign out", await phases["leave"]?.(context)));
  rows.push(row("half return", await phases["back"]?.(context)));
  console.log(markdown(rows));
} finally {
  generators.end();
  await running.stop();
}
process.exit(0);

async function prepare() {
  const everybody = Array.from({ length: people }, (_, index) => index);
  for (const which of [0, 1]) {
    const indexes = everybody.filter((index) => Math.floor(index / 2) % 2 === which);
    const credentials = await rollcall.credentials(indexes);
    await limit(
      generators.one(which, "start", { system: "rollcall", url: running.url, people, indexes, credentials }),
      60_000,
      "starting the generators",
    );
  }
}

/** A burst is gathered into few diffs, the first of which goes out at once (SY2). */
async function manyChanges() {
  await generators.all("reset");
  const cpu = cpuMeter({ ...running.pids, ...generators.pids });
  const burst = Array.from({ length: Math.min(100, people) }, (_, index) => index);
  await Promise.all(burst.map((index) => generators.all("change", { index, status: AWAY })));
  await sleep(1_500);
  const totals = await generators.all("totals");
  const sum = (/** @type {string} */ key) => totals.reduce((all, each) => all + each[key], 0) / people;
  return { wallMs: NaN, cpuMs: cpu(), bytesPerClient: Math.round(sum("bytes")), newsPerClient: sum("news") };
}

/** @param {string} what @param {any} result */
function row(what, result) {
  const { wallMs, p50Ms, cpuMs, bytesPerClient, newsPerClient } = result;
  const wall = wallMs ?? p50Ms;
  const generator = cpuMs.generator0 + cpuMs.generator1;
  return [
    what,
    Number.isFinite(wall) ? wall.toFixed(1) : "–",
    cpuMs.workerd,
    generator,
    bytesPerClient,
    newsPerClient,
  ].map(String);
}
