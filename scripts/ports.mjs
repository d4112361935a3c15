import { randomInt } from "node:crypto";
import { createServer } from "node:net";

import { StartError } from "./start-error.mjs";

/**
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<boolean>}
 */
export async function isPortFree(port, host) {
  return (await whyNotListen(port, host)) === undefined;
}

/**
 * @param {string} setting which holds the port
 * @param {number} port
 * @param {string} host
 * @throws {StartError} if no server can listen there
 */
export async function refuseTakenPort(setting, port, host) {
  const code = await whyNotListen(port, host);
  if (code === undefined) return;
  if (code === "EADDRNOTAVAIL" || code === "EINVAL")
    throw new StartError(`ROLLCALL_HOST is ${host}, which is not an address of this machine.`);
  const fault = LISTEN_FAULTS[code] ?? `cannot be opened (${code})`;
  throw new StartError(`Port ${port} ${fault}, or set ${setting} to another.`);
}

/** @type {Record<string, string>} */
const LISTEN_FAULTS = {
  EADDRINUSE: "is taken: free it",
  EACCES: "is reserved for privileged users: let a proxy listen there",
};

/**
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<string | undefined>} the operating system's code for the refusal
 */
function whyNotListen(port, host = "127.0.0.1") {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}

/**
 * Below the range of outgoing connections, so that no other process gets the port before the server listens.
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
