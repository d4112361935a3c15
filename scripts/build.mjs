import { createHash } from "node:crypto";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { spawnGroup } from "./process-group.mjs";
import { withoutSettings } from "./room-server.mjs";
import { StartError } from "./start-error.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const NEXT = path.join(ROOT, "node_modules/next/dist/bin/next");

// The inputs of a build. Other changes do not make it stale.
const FOLDERS = ["app", "components", "client", "core", "public"];
const FILES = ["package-lock.json", "next.config.ts", "proxy.ts", "postcss.config.mjs", "tsconfig.json"];
const STAMP = path.join(ROOT, ".next/rollcall-sources");

/**
 * Builds the app, unless the existing build has the same sources.
 * @param {(line: string) => void} onOutput
 * @param {AbortSignal} [signal]
 */
export async function ensureBuild(onOutput, signal) {
  const sources = await hashSources();
  const built = await readFile(STAMP, "utf8").catch(() => "");
  if (built === sources) return;
  await rm(STAMP, { force: true });
  onOutput("Building the app: this takes half a minute, and only after a change …");
  /** @type {string[]} */
  const lines = [];
  const build = spawnGroup([NEXT, "build"], {
    cwd: ROOT,
    env: nextEnv("production"),
    onLine: (line) => lines.push(line),
  });
  signal?.addEventListener("abort", () => void build.end(), { once: true });
  const how = await build.exited;
  signal?.throwIfAborted();
  if (how !== "exit code 0") throw new StartError(["The app could not be built.", ...lines].join("\n"));
  await writeFile(STAMP, sources);
}

/**
 * Settings are for the running server. A build that saw them could write one into a page, so the .env files are hidden
 * too.
 * @param {"production" | "development"} mode
 * @returns {NodeJS.ProcessEnv}
 */
export function nextEnv(mode) {
  return {
    ...withoutSettings(process.env),
    NODE_ENV: mode,
    NEXT_TELEMETRY_DISABLED: "1",
    // Next's mark that the .env files have been read. We read them once for both servers.
    __NEXT_PROCESSED_ENV: "true",
  };
}

async function hashSources() {
  const hash = createHash("sha256").update(process.version);
  const folders = await Promise.all(FOLDERS.map(listFiles));
  for (const file of [...FILES, ...folders.flat().toSorted()])
    hash.update(`\0${file}\0`).update(await readFile(path.join(ROOT, file)));
  return hash.digest("hex");
}

/** @param {string} folder */
async function listFiles(folder) {
  const entries = await readdir(path.join(ROOT, folder), {
    recursive: true,
    withFileTypes: true,
  }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
}
