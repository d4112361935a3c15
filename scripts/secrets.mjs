import { randomBytes, randomInt } from "node:crypto";
import { appendFile, chmod, readFile } from "node:fs/promises";
import path from "node:path";

import { StartError } from "./start-error.mjs";

const token = () => randomBytes(32).toString("base64url");

// Easy to read aloud and to type: no 0/o, 1/l/i. Twenty characters have about 98 bits.
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const password = () =>
  Array.from({ length: 4 }, () =>
    Array.from({ length: 5 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join(""),
  ).join("-");

const SECRETS = [
  { name: "ROLLCALL_TOKEN_SECRET", minLength: 32, generate: token },
  { name: "ROLLCALL_SESSION_SECRET", minLength: 32, generate: token },
  { name: "ROLLCALL_API_KEY", minLength: 32, generate: token },
  { name: "ROLLCALL_ADMIN_PASSWORD", minLength: 12, generate: password },
];

/**
 * Creates the missing secrets. Refuses secrets that are too short.
 * @param {Record<string, string>} settings
 * @returns {Record<string, string>}
 */
export function missingSecrets(settings) {
  /** @type {Record<string, string>} */
  const generated = {};
  for (const { name, minLength, generate } of SECRETS) {
    const value = settings[name];
    if (value === undefined) generated[name] = generate();
    else if (value.length < minLength)
      throw new StartError(`${name} is too short: it needs ${minLength} characters or more.`);
  }
  return generated;
}

/**
 * Appends them to .env.local, where the next start finds them.
 * @param {Record<string, string>} secrets
 * @param {string} dir
 */
export async function saveSecrets(secrets, dir) {
  if (Object.keys(secrets).length === 0) return;
  const file = path.join(dir, ".env.local");
  const before = await readFile(file, "utf8").catch(() => "");
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  if (before !== "" && !before.endsWith("\n")) lines.unshift("\n");
  await appendFile(file, lines.join(""), { mode: 0o600 });
  // The mode above applies only to a new file, and this file has secrets from now on.
  await chmod(file, 0o600);
}
