import { build } from "esbuild";
import path from "node:path";

import { RESULTS, ROOT } from "./steps.mjs";

/**
 * Bundles a TypeScript program of the project for a page.
 * @param {string} entry relative to the project
 * @returns {Promise<string>} the file to run
 */
export async function bundle(entry) {
  const outfile = path.join(RESULTS, "bundles", `${entry.replaceAll("/", "-").replace(/\.ts$/, "")}.mjs`);
  await build({
    entryPoints: [path.join(ROOT, entry)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    sourcemap: "inline",
  });
  return outfile;
}
