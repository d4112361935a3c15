import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import path from "node:path";
import { load } from "./tools.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Bundles parts of the product, which are TypeScript, for Node, and loads them.
 * @param {string[]} files relative to the project
 * @returns {Promise<any>} everything they export, together
 */
export async function loadProduct(files) {
  const esbuild = await load("esbuild");
  // Beside the project's node_modules, so that what is left outside the bundle is found.
  const folder = await mkdtemp(path.join(ROOT, "node_modules/.rollcall-bench-"));
  try {
    const entry = files.map((file) => `export * from ${JSON.stringify(path.join(ROOT, file))};`).join("\n");
    const { outputFiles } = await esbuild.build({
      stdin: { contents: entry, resolveDir: ROOT, loader: "ts" },
      bundle: true,
      format: "esm",
      platform: "node",
      packages: "external",
      write: false,
    });
    const file = path.join(folder, "product.mjs");
    await writeFile(file, outputFiles[0].contents);
    return await import(pathToFileURL(file).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {number} count
 * @param {number} [now]
 * @returns {any[]} members' views: one in ten offline, one in five away, one in three with a picture
 */
export function makeViews(count, now = Date.now()) {
  return Array.from({ length: count }, (_, index) => {
    const status = index % 10 === 0 ? "offline" : index % 5 === 0 ? "away" : "online";
    return {
      id: `u${String(index).padStart(5, "0")}`,
      name: `Person ${String(index).padStart(5, "0")}`,
      picture: index % 3 === 0 ? `https://pictures.example/${index}.png` : null,
      status,
      sinceAt: now - index * 997,
      lastSeenAt: status === "offline" ? now - index * 991 : null,
      message: null,
      dnd: false,
    };
  });
}

/**
 * @param {() => unknown} work
 * @param {number} [forMs]
 * @returns {number} microseconds per call in the best of several batches: others use the machine, too
 */
export function timeOf(work, forMs = 400) {
  work();
  /** @type {number[]} */
  const samples = [];
  const until = performance.now() + forMs;
  while (performance.now() < until || samples.length < 5) {
    const from = performance.now();
    let calls = 0;
    do {
      work();
      calls += 1;
    } while (performance.now() - from < 10);
    samples.push(((performance.now() - from) * 1_000) / calls);
  }
  return Math.min(...samples);
}
