import { mkdir, writeFile } from "node:fs/promises";
import { arch, cpus, platform } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { DEFAULT_TIMINGS, type Timings } from "../../core/shared/timings";
import { Stage } from "../../e2e/faults/stage";
import { RESULTS } from "../steps.mjs";
import { SHORT_TIMINGS } from "../test-settings.mjs";
import { measurePages } from "./pages";
import { measureProcesses } from "./processes";
import { measureServers } from "./servers";
import { summarise, toMarkdown, type Kind } from "./trial";

const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "40" },
    only: { type: "string", default: "pages,processes,servers" },
    fast: { type: "boolean", default: false },
    out: { type: "string", default: path.join(RESULTS, "accuracy.json") },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(
    "npm run accuracy -- [--trials 40] [--only pages,processes,servers] [--fast] [--out file.json]\n" +
      "Measures how long it takes until others see that somebody is gone, and false «offline».\n" +
      "--fast uses the tests' short timings instead of the product's defaults.",
  );
  process.exit(0);
}
const only = values.only.split(",");
const trials = Number(values.trials);
if (!Number.isInteger(trials) || trials < 1) throw new Error("--trials must be a whole number from 1");

/** The durations by the names of their settings. */
const SETTINGS = {
  intervalMs: "ROLLCALL_INTERVAL_MS",
  retryMs: "ROLLCALL_RETRY_MS",
  misses: "ROLLCALL_MISSES",
  graceMs: "ROLLCALL_GRACE_MS",
  reloadGraceMs: "ROLLCALL_RELOAD_GRACE_MS",
  restartGraceMs: "ROLLCALL_RESTART_GRACE_MS",
  idleAfterMs: "ROLLCALL_IDLE_AFTER_MS",
  hiddenAwayAfterMs: "ROLLCALL_HIDDEN_AWAY_AFTER_MS",
  flushMs: "ROLLCALL_FLUSH_MS",
} as const satisfies Record<keyof Timings, keyof typeof SHORT_TIMINGS>;
const names = Object.keys(SETTINGS) as (keyof Timings)[];
const short = Object.fromEntries(names.map((name) => [name, Number(SHORT_TIMINGS[SETTINGS[name]])]));
const timings: Timings = values.fast ? { ...DEFAULT_TIMINGS, ...short } : DEFAULT_TIMINGS;
const settings = Object.fromEntries(names.map((name) => [SETTINGS[name], String(timings[name])]));

const startedAt = Date.now();
const say = (what: string): void =>
  console.error(`${Math.round((Date.now() - startedAt) / 1_000)} s: ${what}`);

const kinds: Kind[] = [];
const stage = await Stage.open(settings);
try {
  if (only.includes("pages")) {
    say(`${trials} tabs of Chromium`);
    kinds.push(...(await measurePages({ stage, timings, trials })));
  }
  if (only.includes("processes")) {
    say("people in processes of their own");
    kinds.push(...(await measureProcesses({ stage, timings, trials })));
  }
} finally {
  await stage.close();
}
if (only.includes("servers")) {
  say("servers");
  kinds.push(...(await measureServers(() => Stage.open(settings), { timings, trials })));
}
say("done");

const rows = kinds.map(summarise);
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, ${platform()} ${arch()}, Node ${process.version}`;
console.log(`${new Date().toISOString().slice(0, 10)}, ${machine}\n`);
console.log(toMarkdown(rows));
await mkdir(path.dirname(path.resolve(values.out)), { recursive: true });
await writeFile(
  values.out,
  `${JSON.stringify({ measuredAt: startedAt, machine, timings, rows }, null, 2)}\n`,
);
process.exit(0);
