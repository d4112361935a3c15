import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";

import { buildKit, measureKit, TARBALL } from "./kit.mjs";
import { ROOT } from "./steps.mjs";

const DIST = path.join(ROOT, "kit/dist");
const dist = (file: string) => readFile(path.join(DIST, file), "utf8");

beforeAll(buildKit);

test("the package declares all its imports as dependencies, and no others", async () => {
  const { dependencies, peerDependencies } = JSON.parse(
    await readFile(path.join(ROOT, "kit/package.json"), "utf8"),
  ) as Record<string, Record<string, string>>;
  const files = await readdir(DIST, { recursive: true });
  const texts = await Promise.all(files.filter((file) => /\.(js|d\.ts)$/.test(file)).map(dist));
  const imported = texts.flatMap((text) => [...text.matchAll(/(?:from|import) "([^."][^"]*)"/g)]);
  const packages = new Set(imported.map(([, name = ""]) => name.replace(/^((?:@[^/]+\/)?[^/]+).*$/, "$1")));
  const needed = Object.keys({ ...dependencies, ...peerDependencies });
  expect([...packages].toSorted()).toEqual(needed.toSorted());
});

test("the React entry is marked for the browser, and the server's entry is not", async () => {
  expect(await dist("react.js")).toMatch(/^"use client";/);
  for (const file of ["client.js", "server.js"]) expect(await dist(file)).not.toContain('"use client"');
});

test("the style sheet has all classes that the components use", async () => {
  const [script, styles] = await Promise.all([dist("react.js"), dist("styles.css")]);
  const asked = [...script.matchAll(/className: (?:"([^"]*)"|`([^`$]*))/g)].flatMap(([, plain, template]) =>
    (plain ?? template ?? "").split(" "),
  );
  expect(new Set(asked).size).toBeGreaterThan(20);
  expect(asked.filter((name) => !new RegExp(`\\.${name}\\b`).test(styles))).toEqual([]);
});

test("[BR1] browsers that do not know light-dark() get the light half of every pair", async () => {
  const [known, fallback = ""] = (await dist("styles.css")).split(
    "@supports not (color: light-dark(#000, #fff)) {",
  );
  const pairs = known?.match(/light-dark\(/g) ?? [];
  expect(pairs.length).toBeGreaterThanOrEqual(20);
  expect(fallback).not.toContain("light-dark(");
  for (const name of new Set(known?.match(/--rollcall-[\w-]+(?=: [^;]*light-dark)/g)))
    expect(fallback).toMatch(new RegExp(`${name}: *\\S`));
  expect(fallback).toContain("--rollcall-text: #18181b;");
  expect(fallback).toContain("color: hsl(var(--rollcall-hue) 22% 30%);");
  expect(fallback.match(/[{]/g)).toHaveLength((fallback.match(/[}]/g)?.length ?? 0) - 1);
});

/** The oldest browsers that docs/kit.md names. */
const OLDEST = { chrome: "92", firefox: "90", safari: "15.4" };

test("[BR1] the package uses only syntax of the oldest browsers that its page names", async () => {
  const guide = await readFile(path.join(ROOT, "docs/kit.md"), "utf8");
  expect(guide).toContain(
    `Chrome and Edge ${OLDEST.chrome}, Firefox ${OLDEST.firefox}, Safari ${OLDEST.safari}`,
  );
  const made = async (target: string | string[]): Promise<string> => {
    const { outputFiles } = await build({
      entryPoints: [path.join(DIST, "react.js")],
      bundle: true,
      write: false,
      format: "esm",
      target,
      external: ["react", "react/*"],
      // They all know these, which esbuild is not sure of.
      supported: { "regexp-unicode-property-escapes": true },
    });
    return outputFiles[0]?.text ?? "";
  };
  const oldest = Object.entries(OLDEST).map(([browser, version]) => browser + version);
  const text = await made("esnext");
  // Nothing had to be translated for them.
  expect(await made(oldest)).toBe(text);
  const younger =
    /\.(findLast|hasOwn|canParse|toSorted|toReversed|toSpliced|withResolvers|isWellFormed|groupBy)\(/;
  expect(text).not.toMatch(younger);
});

test.each(["react.js", "client.js"])(
  "[BR1] %s can be imported in a browser without newer features",
  (file) => {
    const without = `
    for (const name of ["Intl", "DecompressionStream", "BroadcastChannel", "WeakRef", "FinalizationRegistry",
      "structuredClone", "crypto", "WebSocket", "Notification", "localStorage", "sessionStorage", "navigator"])
      Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
    for (const name of ["at", "findLast", "toSorted", "toReversed", "with"]) delete Array.prototype[name];
    for (const name of ["canParse", "parse"]) delete URL[name];
    for (const name of ["any", "timeout"]) delete AbortSignal[name];
    for (const name of ["withResolvers", "try"]) delete Promise[name];
    delete Object.hasOwn; delete Object.groupBy; delete String.prototype.isWellFormed;
    const kit = await import(${JSON.stringify(path.join(DIST, file))});
    console.log(Object.keys(kit).length);`;
    const said = execFileSync(process.execPath, ["--input-type=module", "--eval", without], {
      encoding: "utf8",
    });
    expect(Number(said)).toBeGreaterThan(3);
  },
);

test("an error has the same class in every entry", async () => {
  const entries = await Promise.all(
    ["react.js", "client.js"].map((file): Promise<object> => import(path.join(DIST, file))),
  );
  const [first, second] = entries as { TokenRefusedError: unknown }[];
  expect(first?.TokenRefusedError).toBeTypeOf("function");
  expect(first?.TokenRefusedError).toBe(second?.TokenRefusedError);
});

test("the tarball contains the build, its licence and a short readme, and no sources", () => {
  const files = execFileSync("tar", ["-tzf", TARBALL], { encoding: "utf8" }).trim().split("\n");
  const beside = files.filter((file) => !/^package\/dist\/(types\/.+\.d\.ts|[\w-]+\.(js|css))$/.test(file));
  expect(beside.toSorted()).toEqual(["package/LICENSE", "package/README.md", "package/package.json"]);
});

test("the package stays small: bytes that a page loads, gzipped, without React", async () => {
  const most: Record<string, number> = {
    "@rollcall/react": 31_500,
    "@rollcall/react/client": 21_000,
    "@rollcall/react/server": 10_000,
    "@rollcall/react/styles.css": 4_000,
  };
  const tooLarge = (await measureKit()).filter(({ entry, loadedGzip }) => loadedGzip >= (most[entry] ?? 0));
  expect(tooLarge).toEqual([]);
});
