import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { StartError } from "./start-error.mjs";

const CACHE = fileURLToPath(new URL("../node_modules/.cache/debian", import.meta.url));

/**
 * A program that tests need: the machine's, else one unpacked from Debian's package. Nothing is installed.
 * @param {string} name
 * @param {string} debianPackage
 * @returns {string} its path
 * @throws {StartError} when there is none, with the remedy
 */
export function debianProgram(name, debianPackage) {
  const places = (process.env["PATH"] ?? "").split(path.delimiter).concat("/usr/sbin");
  const root = path.join(CACHE, debianPackage);
  const unpacked = ["usr/bin", "usr/sbin"].map((folder) => path.join(root, folder));
  const find = () => [...places, ...unpacked].map((folder) => path.join(folder, name)).find(existsSync);
  const known = find();
  if (known) return known;
  mkdirSync(root, { recursive: true });
  const unpack = `apt-get download ${debianPackage} && dpkg -x ${debianPackage}_*.deb .`;
  spawnSync("sh", ["-c", `${unpack} || { apt-get update && ${unpack}; }`], { cwd: root });
  const found = find();
  if (found) return found;
  throw new StartError(
    `These tests need ${name}: install it, on Debian with \`apt-get install ${debianPackage}\`, so that it is on the PATH.`,
  );
}
