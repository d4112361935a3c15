import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

const HERE = fileURLToPath(new URL(".", import.meta.url));

test("wrangler deploy would upload one module with every class, and a binding for each", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "rollcall-wrangler-"));
  const printed = execFileSync("npx", ["wrangler", "deploy", "--dry-run", `--outdir=${dir}`], {
    cwd: HERE,
    encoding: "utf8",
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
  });
  const bundle = await readFile(path.join(dir, "worker.js"), "utf8");
  await rm(dir, { recursive: true });
  for (const [binding, className] of [
    ["ROOMS", "RoomObject"],
    ["DIRECTORY", "DirectoryObject"],
    ["STORAGE", "StorageObject"],
    ["REFUSALS", "RefusalsObject"],
  ]) {
    expect(printed).toMatch(new RegExp(`env\\.${binding} \\(${className}\\)`));
    expect(bundle).toMatch(new RegExp(`^  ${className},?$`, "m"));
  }
  expect(printed).toContain("--dry-run: exiting now.");
});
