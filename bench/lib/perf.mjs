import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { sleep } from "../../scripts/ports.mjs";
import { runSystem } from "./run-system.mjs";
import { samplesOf } from "./stacks.mjs";

const REMEDY = "(it needs root, or kernel.perf_event_paranoid=-1 and kernel.kptr_restrict=0 set with sysctl)";
/** How long perf takes until it samples. */
const START_MS = 500;

/** V8 names its functions in a file that perf reads, interpreted ones too. */
const V8_FLAGS = [
  "--perf-basic-prof",
  "--interpreted-frames-native-stack",
  "--no-compact-code-space",
  "--no-flush-bytecode",
];

/** @param {number} pid @returns where V8 writes those names, where perf looks for them */
const namesFile = (pid) => `/tmp/perf-${pid}.map`;

/** @throws when there is no perf */
export function requirePerf() {
  const { error } = spawnSync("perf", ["--version"]);
  if (error) throw new Error("there is no perf here: install it (on Debian: apt-get install linux-perf)");
}

/**
 * Runs a system as the bench does, and samples it in one phase.
 * @param {string} name of a system that runs in workerd
 * @param {string} phase
 * @param {number} people
 * @param {import("./stacks.mjs").Profile} profile that takes the samples
 * @returns {Promise<number>} the milliseconds of CPU that workerd has used by Linux's own account
 */
export async function runSampled(name, phase, people, profile) {
  const dir = await mkdtemp(path.join(tmpdir(), "rollcall-profile-"));
  /** @type {number | undefined} */
  let pid;
  try {
    const { phases } = await runSystem(name, {
      people,
      wanted: [...(phase === "join" ? [] : ["join"]), ...(phase === "back" ? ["leave"] : []), phase],
      changes: 50,
      quietMs: 30_000,
      limitMs: 120_000,
      concurrency: 100,
      start: { v8Flags: V8_FLAGS },
      async around(now, running, act) {
        pid = running.pids["workerd"] ?? 0;
        if (now !== phase) return act();
        const file = path.join(dir, "perf.data");
        const figures = await record(pid, file, act);
        await addTo(profile, file);
        return figures;
      },
    });
    for (const [which, { failed }] of Object.entries(phases))
      if (failed) throw new Error(`${name}, ${which}: ${failed}`);
    return phases[phase].cpuMs.workerd;
  } finally {
    await rm(dir, { recursive: true, force: true });
    if (pid !== undefined) await rm(namesFile(pid), { force: true });
  }
}

/**
 * Samples a process while something is done.
 * @template Result
 * @param {number} pid
 * @param {string} file to record to
 * @param {() => Promise<Result>} act
 * @returns {Promise<Result>}
 */
async function record(pid, file, act) {
  const args = ["record", "-F", "4000", "-e", "cpu-clock", "-g", "-o", file, "-p", String(pid)];
  const perf = spawn("perf", args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  perf.stderr.on("data", (chunk) => (said += chunk));
  const ended = once(perf, "close");
  try {
    await sleep(START_MS);
    if (perf.exitCode !== null) throw new Error(`perf could not record ${REMEDY}:\n${said.trim()}`);
    return await act();
  } finally {
    perf.kill("SIGINT");
    await ended;
  }
}

/** @param {string} file that was recorded @param {import("./stacks.mjs").Profile} profile that takes what is in it */
async function addTo(profile, file) {
  const args = ["script", "--no-inline", "-i", file, "-F", "period,ip,sym"];
  const perf = spawn("perf", args, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(perf, "close");
  for await (const sample of samplesOf(createInterface(perf.stdout))) profile.add(sample);
  const [code] = await ended;
  if (code !== 0 || profile.totalMs === 0) throw new Error("perf recorded nothing that it can read");
}
