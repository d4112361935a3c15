import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { sleep } from "./ports.mjs";

const LEASH = fileURLToPath(new URL("leash.cjs", import.meta.url));
// With it a command that gives up ends within five seconds (OP2).
const GRACE_MS = 3_000;

/**
 * A Node program and everything that it starts, in a process group of its own.
 * @typedef {object} ProcessGroup
 * @property {number} pid
 * @property {Promise<string>} exited says how it ended, for people
 * @property {(signal: NodeJS.Signals) => void} signal reaches the whole group
 * @property {() => Promise<void>} end SIGTERM to the program, SIGKILL to what is left
 */

/**
 * @param {string[]} args
 * @param {object} options
 * @param {string} options.cwd
 * @param {NodeJS.ProcessEnv} options.env
 * @param {(line: string) => void} options.onLine
 * @param {(message: unknown) => void} [options.onMessage]
 * @param {number} [options.inherit] an open file, which the program finds as descriptor 4
 * @returns {ProcessGroup}
 */
export function spawnGroup(args, { cwd, env, onLine, onMessage, inherit }) {
  const child = spawn(process.execPath, ["--require", LEASH, ...args], {
    cwd,
    env: { ...env, ROLLCALL_LEASH: "1" },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc", ...(inherit === undefined ? [] : [inherit])],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${args.join(" ")}`);
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on("line", onLine);
  if (onMessage) child.on("message", onMessage);

  /** @type {Promise<string>} */
  const exited = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  /** @param {NodeJS.Signals} name */
  const signal = (name) => {
    try {
      process.kill(-pid, name);
    } catch {
      // Nobody is left in the group.
    }
  };
  // What the program leaves behind (workerd, when partykit is killed hard) goes with it.
  void exited.then(() => signal("SIGKILL"));

  const end = async () => {
    child.kill("SIGTERM");
    await Promise.race([exited, sleep(GRACE_MS)]);
    signal("SIGKILL");
    await exited;
  };
  return { pid, exited, signal, end };
}
