import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const RESULTS = path.join(ROOT, ".test-results");

const LIMIT_MS = 20 * 60_000;

// Each step has its own process group, so that all of it can be ended. Signals are passed on to it. Servers that a step
// has started end with it.
/** @type {Set<() => void>} */
const running = new Set();
for (const [signal, code] of /** @type {const} */ ([
  ["SIGINT", 130],
  ["SIGTERM", 143],
]))
  process.on(signal, () => {
    for (const endStep of running) endStep();
    process.exit(code);
  });

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} command a line for the shell; the project's own programs are on its PATH
 */

/**
 * @param {Step} step
 * @param {(chunk: string) => void} onOutput
 * @returns {Promise<boolean>} whether it succeeded
 */
export function runStep({ command }, onOutput) {
  return new Promise((resolve) => {
    const child = spawn(command, {
      cwd: ROOT,
      shell: true,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PATH: [path.join(ROOT, "node_modules/.bin"), process.env["PATH"]].join(path.delimiter),
        NEXT_TELEMETRY_DISABLED: "1",
        ...(process.stdout.isTTY ? { FORCE_COLOR: "1" } : {}),
      },
    });
    child.stdout.on("data", (chunk) => onOutput(String(chunk)));
    child.stderr.on("data", (chunk) => onOutput(String(chunk)));
    const endStep = () => child.pid !== undefined && process.kill(-child.pid, "SIGKILL");
    running.add(endStep);
    // A test in an endless loop would block its runner for ever.
    const tooLong = setTimeout(() => {
      onOutput(`\nGave up after ${LIMIT_MS / 60_000} minutes: ${command}\n`);
      endStep();
    }, LIMIT_MS);
    child.once("error", () => resolve(false));
    child.once("close", (code) => {
      clearTimeout(tooLong);
      running.delete(endStep);
      resolve(code === 0);
    });
  });
}

/**
 * Runs two steps at a time, for two cores. The output of a step is shown only if it failed.
 * @param {Step[]} steps
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runQuietly(steps) {
  const waiting = [...steps];
  /** @type {string[]} */
  const failed = [];
  const worker = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const startedAt = Date.now();
      let output = "";
      const ok = await runStep(step, (chunk) => (output += chunk));
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      console.log(`${ok ? "✓" : "✗"} ${step.name} (${seconds} s)`);
      if (ok) continue;
      failed.push(step.name);
      console.log(`\n$ ${step.command}\n${output}`);
    }
  };
  await Promise.all([worker(), worker()]);
  return failed;
}
