import { once } from "node:events";

import { sleep } from "./ports.mjs";

const MOST_ENDS = 5;
const WITHIN_MS = 60_000;
const FIRST_DELAY_MS = 250;
// Together they are longer than a server is busy after a restart with many returning clients.
const ASKED_EVERY_MS = 10_000;
const MOST_MISSES = 3;

/**
 * @typedef {object} Server
 * @property {Promise<string>} exited how it ended
 * @property {() => Promise<void>} stop
 * @property {() => Promise<boolean>} [isServing] answers within ten seconds
 */

/**
 * @typedef {object} KeptServer
 * @property {Promise<string>} failed says why the server is given up
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a server, and starts it again whenever it ends or no longer serves, with growing delays (OP2). Gives it up
 * when it has ended five times within a minute, or when it could not be started for a minute. A start that fails counts
 * as an end. The first start is not repeated: what is wrong then is for a person to correct.
 * @template {Server} T
 * @param {object} options
 * @param {string} options.name for the log
 * @param {(signal: AbortSignal) => Promise<T>} options.start resolves when the server serves; leaves nothing behind when
 *   it rejects
 * @param {(line: string) => void} options.log
 * @param {AbortSignal} [options.signal] stops it
 * @returns {Promise<KeptServer & { first: T }>}
 */
export async function keepRunning({ name, start, log, signal }) {
  const stopping = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal;
  const stop = once(stopped, "abort");
  const first = await start(stopped);

  /** @returns {Promise<string | undefined>} why it is given up; undefined when it was stopped */
  const run = async () => {
    /** @type {T | undefined} */
    let server = first;
    /** @type {number[]} */
    let ends = [];
    let servedAt = 0;
    let how = "";
    for (;;) {
      if (server) {
        how = await untilEnd(server, stop);
        servedAt = performance.now();
        await server.stop();
        server = undefined;
      }
      if (stopped.aborted) return undefined;
      const now = performance.now();
      ends = [...ends.filter((at) => at > now - WITHIN_MS), now];
      if (ends.length >= MOST_ENDS) return `${name} ended ${MOST_ENDS} times within a minute (${how}).`;
      if (now - servedAt > WITHIN_MS) return `${name} could not be started again within a minute (${how}).`;
      const delayMs = FIRST_DELAY_MS * 2 ** (ends.length - 1);
      log(`${name} ended (${how}). It is started again in ${delayMs / 1000} s.`);
      await Promise.race([sleep(delayMs), stop]);
      try {
        stopped.throwIfAborted();
        server = await start(stopped);
        log(`${name} serves again.`);
      } catch (error) {
        how = error instanceof Error ? error.message : String(error);
      }
    }
  };
  const running = run();
  return {
    first,
    failed: running.then((why) => why ?? new Promise(() => {})),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/**
 * @param {Server} server
 * @param {Promise<unknown>} stop
 * @returns {Promise<string>} how it ended
 */
async function untilEnd(server, stop) {
  let over = false;
  const ended = Promise.race([server.exited, stop.then(() => "stopped")]).then((how) => {
    over = true;
    return how;
  });
  const silent = async () => {
    for (let misses = 0; misses < MOST_MISSES;) {
      await Promise.race([sleep(ASKED_EVERY_MS), ended]);
      if (over) return ended;
      misses = (await server.isServing?.()) === false ? misses + 1 : 0;
    }
    return "it no longer answered";
  };
  return server.isServing ? Promise.race([ended, silent()]) : ended;
}
