import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";

import { buildKit, measureKit, TARBALL } from "./kit.mjs";
import { ROOT } from "./steps.mjs";

const DIST = path.join(ROOT, "kit/dist");
const dist = (file: string) => readFile(path.join(DIST, file), "utf8");

beforeAll(buildKit);

test("the package says of everything that it imports that it needs it, and needs no more", async () => {
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

test("React's entry is marked for the browser, and nothing that a server loads is", async () => {
  expect(await dist("react.js")).toMatch(/^"use client";/);
  for (const file of ["client.js", "server.js"]) expect(await dist(file)).not.toContain('"use client"');
});

test("the components ask for no class that the style sheet does not have", async () => {
  const [script, styles] = await Promise.all([dist("react.js"), dist("styles.css")]);
  const asked = [...script.matchAll(/className: (?:"([^"]*)"|`([^`$]*))/g)].flatMap(([, plain, template]) =>
    (plain ?? template ?? "").split(" "),
  );
  expect(new Set(asked).size).toBeGreaterThan(20);
  expect(asked.filter((name) => !new RegExp(`\\.${name}\\b`).test(styles))).toEqual([]);
});

test("an error is of the same class whichever entry it is taken from", async () => {
  const entries = await Promise.all(
    ["react.js", "client.js"].map((file): Promise<object> => import(path.join(DIST, file))),
  );
  const [first, second] = entries as { TokenRefusedError: unknown }[];
  expect(first?.TokenRefusedError).toBeTypeOf("function");
  expect(first?.TokenRefusedError).toBe(second?.TokenRefusedError);
});

test("the tarball has the build, its licence and a few words, and no sources", () => {
  const files = execFileSync("tar", ["-tzf", TARBALL], { encoding: "utf8" }).trim().split("\n");
  const beside = files.filter((file) => !/^package\/dist\/(types\/.+\.d\.ts|[\w-]+\.(js|css))$/.test(file));
  expect(beside.toSorted()).toEqual(["package/LICENSE", "package/README.md", "package/package.json"]);
});

test("the package stays small: bytes that a page loads, gzipped, without React", async () => {
  const most: Record<string, number> = {
    "@rollcall/react": 27_000,
    "@rollcall/react/client": 20_000,
    "@rollcall/react/server": 10_000,
    "@rollcall/react/styles.css": 4_000,
  };
  const tooLarge = (await measureKit()).filter(({ entry, loadedGzip }) => loadedGzip >= (most[entry] ?? 0));
  expect(tooLarge).toEqual([]);
});
