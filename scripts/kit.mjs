import { build } from "esbuild";
import { execFile } from "node:child_process";
import { appendFile, copyFile, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

import { ROOT } from "./steps.mjs";

const run = promisify(execFile);
const KIT = path.join(ROOT, "kit");
const DIST = path.join(KIT, "dist");

/** The package as npm would publish it. */
export const TARBALL = path.join(KIT, "rollcall-react.tgz");

/** Builds the package `@rollcall/react` into `kit/dist` and packs it: JavaScript, types, one style sheet. */
export async function buildKit() {
  await rm(DIST, { recursive: true, force: true });
  await Promise.all([bundle(), declare()]);
  await pack();
}

async function bundle() {
  /** @type {import("esbuild").BuildOptions} */
  const options = {
    outdir: DIST,
    bundle: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    packages: "external",
    logLevel: "warning",
  };
  const entries = (/** @type {string[]} */ ...names) => names.map((name) => path.join(KIT, `${name}.ts`));
  await Promise.all([
    // Built together and split, so that both entries share their error classes. A directive of an entry stays first.
    build({ ...options, entryPoints: entries("react", "client"), splitting: true, platform: "browser" }),
    build({ ...options, entryPoints: entries("server"), platform: "node" }),
    build({
      ...options,
      entryPoints: [{ in: path.join(ROOT, "components/rollcall.css"), out: "styles" }],
      // Lowering makes the CSS larger, and esbuild cannot lower `light-dark()`.
      target: "esnext",
    }),
  ]);
  const styles = path.join(DIST, "styles.css");
  await appendFile(styles, lightAlone(await readFile(styles, "utf8")));
}

/**
 * Adds the light half of each pair, for browsers that do not know `light-dark()` and would show no colour (BR1).
 * @param {string} styles
 */
function lightAlone(styles) {
  const rules = [...styles.matchAll(/([^{}]+)\{([^{}]*)\}/g)].flatMap(([, selector = "", body = ""]) => {
    const declarations = body.split(";").filter((declaration) => declaration.includes("light-dark("));
    const light = declarations.map((declaration) => `  ${declaration.trim().replace(PAIR, "$1")};`);
    const rule = `${selector.replaceAll(/\/\*[\s\S]*?\*\//g, "").trim()} {\n${light.join("\n")}\n}`;
    return declarations.length > 0 ? [rule] : [];
  });
  return `@supports not (color: light-dark(#000, #fff)) {\n${rules.join("\n")}\n}\n`;
}

/** Matches a pair of colours. Each may contain one function with another inside. */
const PAIR =
  /light-dark\(\s*((?:[^(),]|\((?:[^()]|\([^()]*\))*\))+),\s*(?:[^(),]|\((?:[^()]|\([^()]*\))*\))+\)/g;

/** Types, file by file. */
async function declare() {
  const tsc = path.join(ROOT, "node_modules/typescript/bin/tsc");
  await run(process.execPath, [tsc, "--project", path.join(KIT, "tsconfig.json")]).catch((error) => {
    throw new Error(`The kit's types could not be made:\n${error.stdout}`);
  });
  const types = path.join(DIST, "types");
  for (const entry of await readdir(types, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const text = await readFile(file, "utf8");
    // Node needs file endings in imports, which the sources do not have.
    // Inferred types contain `import("./terms").Name`.
    await writeFile(file, text.replaceAll(/((?:from |import\()"\.[^"]*)"/g, '$1.js"'));
  }
}

async function pack() {
  await copyFile(path.join(ROOT, "LICENSE"), path.join(KIT, "LICENSE"));
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", KIT], {
    cwd: KIT,
  });
  const [{ filename }] = JSON.parse(stdout);
  await rename(path.join(KIT, filename), TARBALL);
}

/**
 * The size of an entry in bytes: packed, with its shared parts; and as a page loads it, minified with its dependencies
 * except React.
 * @typedef {{ entry: string, packed: number, packedGzip: number, loaded: number, loadedGzip: number }} Size
 */

/** @returns {Promise<Size[]>} of a kit that has been built */
export async function measureKit() {
  /** @type {Size[]} */
  const sizes = [];
  for (const [entry, file] of Object.entries({
    "@rollcall/react": "react.js",
    "@rollcall/react/client": "client.js",
    "@rollcall/react/server": "server.js",
    "@rollcall/react/styles.css": "styles.css",
  })) {
    const packed = await sizeOf(file, { packages: "external" });
    // Only old browsers load the library that inflates messages.
    const loaded = await sizeOf(file, { minify: true, external: ["react", "react/*", "fflate"] });
    sizes.push({
      entry,
      packed: packed.raw,
      packedGzip: packed.gzip,
      loaded: loaded.raw,
      loadedGzip: loaded.gzip,
    });
  }
  return sizes;
}

/** @param {string} file @param {import("esbuild").BuildOptions} options */
async function sizeOf(file, options) {
  const { outputFiles } = await build({
    entryPoints: [path.join(DIST, file)],
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    platform: file === "server.js" ? "node" : "browser",
    logLevel: "warning",
    ...options,
  });
  const contents = outputFiles?.[0]?.contents ?? new Uint8Array();
  return { raw: contents.length, gzip: gzipSync(contents).length };
}
