import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const resolver = createRequire(import.meta.url);

/**
 * Loads one of the packages of bench/package.json. Not by a plain import: the product is checked without
 * them, and an import that leads nowhere fails there.
 * @param {string} name
 * @returns {Promise<any>}
 */
export async function load(name) {
  // Where a package has both forms, the CommonJS one: its parts share one copy of each dependency.
  const loaded = await import(pathToFileURL(resolver.resolve(name)).href);
  return loaded;
}

/**
 * @param {string} name
 * @returns {string} the installed version
 */
export function versionOf(name) {
  for (const folder of resolver.resolve.paths(name) ?? []) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, "utf8")).version;
    } catch {
      // Not in this folder: one further up.
    }
  }
  return "unknown";
}

/** @returns {number} milliseconds by a clock that all processes of this machine share */
export const clock = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * @param {number[]} values
 * @param {number} share 0.5 for the median
 * @returns {number | null}
 */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}

/** @param {number} index */
export const idOf = (index) => `u${String(index).padStart(5, "0")}`;

/** @param {number} index */
export const nameOf = (index) => `Person ${String(index).padStart(5, "0")}`;

/** @param {string} id */
export const indexOf = (id) => Number(id.slice(1));

/** What people can be, on every system's wire. */
export const OFFLINE = 0;
export const AWAY = 1;
export const ONLINE = 2;

/** Rollcall's own; what batches "as Rollcall does" uses the same. */
export const FLUSH_MS = 100;
