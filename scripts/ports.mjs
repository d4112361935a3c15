import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<boolean>}
 */
export function isPortFree(port, host = "127.0.0.1") {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * Below the range that the system hands to outgoing connections: nobody else gets the port
 * between this check and the moment that the server listens.
 * @param {string} [host]
 * @returns {Promise<number>}
 */
export async function freePort(host) {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    if (await isPortFree(port, host)) return port;
  }
}

/** @param {number} ms */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {() => boolean | Promise<boolean>} condition
 * @param {number} withinMs
 * @returns {Promise<boolean>} whether it came true in time
 */
export async function until(condition, withinMs) {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}
