import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";

import { ROOT } from "../steps.mjs";
import { readGuide } from "./guide.mjs";

const EXAMPLE = path.join(ROOT, "examples/team-app");

test("the guide shows the example's files unchanged, and all of them", async () => {
  const files = [...(await readGuide("docs/quick-start.md"))].filter(([file]) => !file.startsWith("app/"));
  expect(files.map(([file]) => file).toSorted()).toEqual([
    "index.html",
    "server.mjs",
    "src/app.css",
    "src/main.tsx",
    "src/sign-in.tsx",
    "src/team.tsx",
    "tsconfig.json",
    "vite.config.ts",
  ]);
  for (const [file, content] of files) expect(content).toBe(await readFile(path.join(EXAMPLE, file), "utf8"));
});

test("the example's lockfile has the kit's own metadata", async () => {
  const json = async (file: string) => JSON.parse(await readFile(path.join(ROOT, file), "utf8"));
  const { packages } = await json("examples/team-app/package-lock.json");
  const { version, dependencies, peerDependencies } = await json("kit/package.json");
  const locked = packages["node_modules/@rollcall/react"];
  expect(locked).toMatchObject({ version, dependencies, peerDependencies });
  // The tarball is made anew with each build.
  expect(locked).not.toHaveProperty("integrity");
});
