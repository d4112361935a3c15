import { build } from "esbuild";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { RESULTS, ROOT } from "./steps.mjs";

/**
 * Bundles a TypeScript program of the project for Node, which cannot run it as it is, or for a page. For
 * Node, what is JavaScript already stays where it is: some of it finds its neighbours by its own place.
 * @param {string} entry relative to the project
 * @param {"node" | "browser"} [platform]
 * @returns {Promise<string>} the file to run
 */
export async function bundle(entry, platform = "node") {
  const outfile = path.join(RESULTS, "bundles", `${entry.replaceAll("/", "-").replace(/\.ts$/, "")}.mjs`);
  await build({
    entryPoints: [path.join(ROOT, entry)],
    outfile,
    bundle: true,
    format: "esm",
    platform,
    target: platform === "node" ? "node20" : "es2022",
    // A page has no node_modules to look in.
    ...(platform === "node" && { packages: "external" }),
    sourcemap: "inline",
    plugins: [
      {
        name: "leave-modules-in-place",
        setup({ onResolve }) {
          onResolve({ filter: /^\..*\.mjs$/ }, ({ path: named, resolveDir }) => ({
            path: pathToFileURL(path.resolve(resolveDir, named)).href,
            external: true,
          }));
        },
      },
    ],
  });
  return outfile;
}
