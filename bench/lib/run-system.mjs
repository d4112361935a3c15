import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { freePort } from "../../scripts/ports.mjs";
import { peers } from "../peers/registry.mjs";
import { Generators, limit } from "./generators.mjs";
import { phases } from "./phases.mjs";

/**
 * A system that runs.
 * @typedef {object} Running
 * @property {string} url
 * @property {Record<string, number>} pids the server's processes by name
 * @property {Record<string, string>} versions
 * @property {() => Promise<void>} stop
 */

const SERVE = fileURLToPath(new URL("../serve.mjs", import.meta.url));
/** Two cores: more processes would only take turns. */
const GENERATORS = 2;

/**
 * Starts one system, drives it through the phases, ends it.
 * @param {string} name
 * @param {object} options
 * @param {number} options.people
 * @param {string[]} options.wanted phases by name
 * @param {number} options.changes
 * @param {number} options.quietMs
 * @param {number} options.limitMs for one phase
 * @param {number} options.concurrency sockets being opened at a time
 * @param {object} [options.start] for the peer's own `start()`
 * @param {(phase: string, running: Running, act: () => Promise<any>) => Promise<any>} [options.around] runs a
 *   phase, and may do something before and after it
 * @param {(text: string) => void} [options.log]
 * @returns {Promise<{ versions: Record<string, string>, phases: Record<string, any> }>}
 */
export async function runSystem(name, options) {
  const peer = await /** @type {any} */ (peers)[name]();
  const running = await startPeer(name, peer, options.start);
  const generators = new Generators(GENERATORS);
  /** @type {Record<string, any>} */
  const results = {};
  try {
    await prepare(generators, name, peer, running, options.people);
    for (const [phase, run] of Object.entries(phases)) {
      if (!options.wanted.includes(phase) || !appliesTo(peer, phase)) continue;
      options.log?.(phase);
      try {
        const act = () => run({ generators, running, peer, ...options });
        results[phase] = await (options.around ? options.around(phase, running, act) : act());
      } catch (error) {
        // The phases after it would start from a state that nobody knows.
        results[phase] = { failed: String(/** @type {Error} */ (error)?.message ?? error) };
        options.log?.(`${phase}: ${results[phase].failed}`);
        break;
      }
    }
  } finally {
    generators.end();
    await running.stop();
  }
  return { versions: { ...peer.versions?.(), ...running.versions }, phases: results };
}

/** @param {any} peer @param {string} phase */
export function appliesTo(peer, phase) {
  return peer.phases ? peer.phases.includes(phase) : phase !== "reload" || Boolean(peer.credentials);
}

/**
 * @param {Generators} generators @param {string} name @param {any} peer @param {Running} running @param {number} people
 */
async function prepare(generators, name, peer, { url }, people) {
  const everybody = Array.from({ length: people }, (_, index) => index);
  const starts = Array.from({ length: generators.size }, async (_, which) => {
    // In pairs, so that each process has as many who leave as who stay.
    const indexes = everybody.filter((index) => Math.floor(index / 2) % generators.size === which);
    const credentials = await peer.credentials?.(indexes);
    await generators.one(which, "start", { system: name, url, people, indexes, credentials });
  });
  await limit(Promise.all(starts), 60_000, "starting the generators");
}

/** @param {string} name @param {any} peer @param {object} [options] @returns {Promise<Running>} */
async function startPeer(name, peer, options) {
  if (peer.start) return peer.start(options);
  const port = await freePort();
  const child = fork(SERVE, [name, String(port)], {
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const listening = new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`the server of ${name} ended (${code})`)));
  });
  try {
    await limit(listening, 30_000, `starting ${name}`);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    pids: { node: child.pid ?? 0 },
    versions: {},
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.kill("SIGKILL")) await ended;
    },
  };
}
