import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import path from "node:path";
import { parseEnv } from "node:util";

import { StartError } from "./start-error.mjs";

/**
 * Every ROLLCALL_* setting: the shell's environment wins over .env.local, that over .env.
 * An empty value counts as not set.
 * @param {string} dir where the env files are
 * @param {NodeJS.ProcessEnv} shell
 * @returns {Promise<Record<string, string>>}
 */
export async function readSettings(dir, shell) {
  /** @type {Record<string, string>} */
  const settings = {};
  for (const source of [await envFile(dir, ".env"), await envFile(dir, ".env.local"), shell])
    for (const [name, value] of Object.entries(source))
      if (name.startsWith("ROLLCALL_") && value) settings[name] = value;
  return settings;
}

/**
 * @param {string} dir
 * @param {string} name
 * @returns {Promise<NodeJS.Dict<string>>}
 */
async function envFile(dir, name) {
  const content = await readFile(path.join(dir, name), "utf8").catch((error) => {
    if (error.code === "ENOENT") return "";
    throw new StartError(`${name} cannot be read: ${error.message}`);
  });
  return parseEnv(content);
}

// The app's own secrets, which the room does not need.
const APP_ONLY = new Set(["ROLLCALL_SESSION_SECRET", "ROLLCALL_ADMIN_PASSWORD"]);

/**
 * The settings of the room server.
 * @param {Record<string, string>} settings
 */
export function forRooms(settings) {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !APP_ONLY.has(name)));
}

/**
 * What runs the rooms: PartyKit's development server, or workerd with the objects of `workers/`.
 * @typedef {"partykit" | "workerd"} Engine
 */

/** @param {NodeJS.Dict<string>} settings @returns {Engine} @throws {StartError} for another engine */
export function readEngine(settings) {
  const engine = settings["ROLLCALL_ENGINE"] || "partykit";
  if (engine !== "partykit" && engine !== "workerd")
    throw new StartError(`ROLLCALL_ENGINE must be partykit or workerd: not "${engine}".`);
  return engine;
}

/** @param {Record<string, string>} settings */
export const stateDirOf = (settings) => settings["ROLLCALL_STATE_DIR"] ?? ".partykit/state";

/**
 * The addresses of the two servers.
 * @param {Record<string, string>} settings
 */
export function readNet(settings) {
  const host = settings["ROLLCALL_HOST"] ?? "127.0.0.1";
  // The room's runtime needs an address, not a name.
  if (isIP(host) === 0)
    throw new StartError(`ROLLCALL_HOST must be an IP address, such as 127.0.0.1: not "${host}".`);
  const appPort = readPort(settings, "ROLLCALL_APP_PORT", 3000);
  const partyPort = readPort(settings, "ROLLCALL_PARTY_PORT", 1999);
  if (appPort === partyPort)
    throw new StartError(
      `ROLLCALL_APP_PORT and ROLLCALL_PARTY_PORT are both ${appPort}: give one another port.`,
    );
  return { host, appPort, partyPort };
}

/**
 * Checks the settings that only the app reads. The room server checks the others at its start.
 * @param {Record<string, string>} settings
 */
export function checkAppSettings(settings) {
  const proxies = settings["ROLLCALL_TRUSTED_PROXIES"];
  if (proxies && !/^(\d|10)$/.test(proxies))
    throw new StartError(`ROLLCALL_TRUSTED_PROXIES must be a whole number from 0 to 10: not "${proxies}".`);
  const guests = settings["ROLLCALL_GUESTS"];
  if (guests !== undefined && guests !== "on" && guests !== "off")
    throw new StartError(`ROLLCALL_GUESTS must be on or off: not "${guests}".`);
  const signIn = settings["ROLLCALL_SIGN_IN_URL"];
  if (signIn !== undefined && !/^https?:$/.test(URL.canParse(signIn) ? new URL(signIn).protocol : ""))
    throw new StartError(`ROLLCALL_SIGN_IN_URL must be an http or https address: not "${signIn}".`);
}

/**
 * @param {Record<string, string>} settings
 * @param {string} name
 * @param {number} fallback
 */
function readPort(settings, name, fallback) {
  const value = settings[name];
  if (value === undefined) return fallback;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new StartError(`${name} must be a port from 1 to 65535: not "${value}".`);
  return port;
}
