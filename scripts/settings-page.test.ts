import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { DEFAULT_LIMITS, limitVariable } from "../core/shared/limits";
import { DEFAULT_TIMINGS } from "../core/shared/timings";
import { variableOf } from "../core/shared/settings";
import { readProvider } from "../server/provider";
import { readSettings } from "../server/settings";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

// What is read by the servers and by what starts them; the other scripts are measurements and demonstrations.
const SOURCES = [
  "app",
  "components",
  "client",
  "core",
  "server",
  "party",
  "workers",
  "proxy.ts",
  "next.config.ts",
].concat(
  ["start", "stack", "settings", "secrets", "build", "room-server", "workerd"].map(
    (name) => `scripts/${name}.mjs`,
  ),
);

// What the room server's starter tells the process that it starts, and nobody sets.
const INTERNAL = new Set(["ROLLCALL_RUNTIME_PORT", "ROLLCALL_FRONT_PORT", "ROLLCALL_OPEN_FILES"]);

const page = await readFile(path.join(ROOT, "docs/settings.md"), "utf8");
const rows = [...page.matchAll(/^\| +`(ROLLCALL_\w+)` +\| *(.*?) *\| *(.*?) *\|/gm)].map(
  ([, name = "", readBy = "", byDefault = ""]) => ({
    name,
    readBy,
    byDefault: byDefault.replaceAll("`", ""),
  }),
);
const defaultOf = (variable: string) => rows.find(({ name }) => name === variable)?.byDefault;

async function sourcesIn(place: string): Promise<string[]> {
  const file = path.join(ROOT, place);
  if (/\.m?ts$|\.mjs$/.test(place)) return [await readFile(file, "utf8")];
  const entries = await readdir(file, { recursive: true, withFileTypes: true });
  return await Promise.all(
    entries
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .filter(
        (entry) => !/\.i?test\.tsx?$|^testing-/.test(entry.name) && !entry.parentPath.endsWith("testing"),
      )
      .map((entry) => readFile(path.join(entry.parentPath, entry.name), "utf8")),
  );
}

test("docs/settings.md names every setting that the code reads once, and no others", async () => {
  const sources = (await Promise.all(SOURCES.map(sourcesIn))).flat().join("\n");
  const named = [...sources.matchAll(/\bROLLCALL_[A-Z0-9_]*[A-Z0-9]\b/g)].map(([name]) => name);
  const computed = [
    ...Object.keys(DEFAULT_TIMINGS).map((timing) => variableOf(timing)),
    ...Object.keys(DEFAULT_LIMITS).map(limitVariable),
  ];
  const read = new Set([...named, ...computed].filter((name) => !INTERNAL.has(name)));
  expect(read.size).toBeGreaterThan(40);
  expect(rows.map(({ name }) => name).toSorted()).toEqual([...read].toSorted());
});

test("docs/settings.md has the defaults that the code has", () => {
  for (const [timing, value] of Object.entries(DEFAULT_TIMINGS))
    expect([timing, defaultOf(variableOf(timing))]).toEqual([timing, String(value)]);
  for (const [limit, value] of Object.entries(DEFAULT_LIMITS))
    expect([limit, defaultOf(limitVariable(limit))]).toEqual([limit, String(value)]);
  const secrets = { ROLLCALL_TOKEN_SECRET: "t".repeat(32), ROLLCALL_API_KEY: "k".repeat(32) };
  const { rosterLimit, historyDays, retentionDays } = readSettings(secrets);
  expect(defaultOf("ROLLCALL_ROSTER_LIMIT")).toBe(String(rosterLimit));
  expect(defaultOf("ROLLCALL_HISTORY_DAYS")).toBe(String(historyDays));
  expect(defaultOf("ROLLCALL_RETENTION_DAYS")).toBe(String(retentionDays));
  const provider = readProvider({
    ROLLCALL_JWKS_URL: "https://id.example.com/keys",
    ROLLCALL_TOKEN_ISSUER: "i",
    ROLLCALL_TOKEN_AUDIENCE: "a",
  });
  expect(defaultOf("ROLLCALL_TOKEN_LIFETIME_MS")).toBe(String((provider?.maxLifetimeS ?? 0) * 1_000));
  expect(defaultOf("ROLLCALL_ROOMS_CLAIM")).toBe(provider?.mapping.rooms);
});

test("no other page lists settings in a table", async () => {
  const pages = [
    "README.md",
    ...(await readdir(path.join(ROOT, "docs")))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];
  for (const file of pages.filter((name) => name !== "docs/settings.md"))
    expect([file, (await readFile(path.join(ROOT, file), "utf8")).match(/^\| `ROLLCALL_/m)]).toEqual([
      file,
      null,
    ]);
});
