import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Files that break one rule of the linter each. */
const MISUSES: Record<string, string> = {
  "core/a-date.ts": "export const now = () => Date.now();",
  "core/a-new-date.ts": "export const now = () => new Date();",
  "core/a-random.ts": "export const chance = () => Math.random();",
  "core/a-timeout.ts": "export const later = (f: () => void) => setTimeout(f, 1);",
  "core/a-interval.ts": "export const often = (f: () => void) => setInterval(f, 1);",
  "core/a-microtask.ts": "export const soon = (f: () => void) => queueMicrotask(f);",
  "core/a-crypto.ts": "export const id = () => crypto.randomUUID();",
  "core/a-process.ts": "export const env = () => process.env;",
  "core/a-global.ts": "export const now = () => globalThis.Date;",
  "core/b-react.ts": "import 'react';",
  "core/b-partykit.ts": "import type { Room } from 'partykit/server'; export type R = Room;",
  "core/b-partysocket.ts": "import 'partysocket';",
  "core/b-node.ts": "import 'node:crypto';",
  "core/d.test.ts": "import 'react';",
  "server/a-date.ts": "export const now = () => Date.now();",
  "server/a-random.ts": "export const chance = () => Math.random();",
  "server/a-id.ts": "export const id = () => crypto.randomUUID();",
  "server/a-timeout.ts": "export const later = (f: () => void) => setTimeout(f, 1);",
  "server/a-process.ts": "export const env = () => process.env;",
  "server/b-partykit.ts": "import type { Room } from 'partykit/server'; export type R = Room;",
  "server/b-node.ts": "import 'node:crypto';",
  "server/c-variable.ts": "let last = 0; export const next = () => (last += 1);",
  "server/c-map.ts": "const known = new Map<string, number>(); export const count = () => known.size;",
  "party/a.ts": "import 'react';",
  "client/a.ts": "import 'next/link';",
  "components/a.ts": "import 'partysocket';",
  "app/a.ts": "import 'partykit/server';",
};

/** Files that import across an arrow, and those whose imports make a cycle. */
const IMPORTS: Record<string, string> = {
  "core/shared/to-room.ts": "export { x } from '../room/ok';",
  "core/replica/to-room.ts": "import type { X } from '../room/ok'; export type Y = X;",
  "core/to-server.ts": "export { x } from '../server/ok';",
  "core/to-client.ts": "export { x } from '../client/ok';",
  "server/to-party.ts": "export { x } from '../party/ok';",
  "server/to-testing.ts": "export { x } from './testing/ok';",
  "server/to-client.ts": "export { x } from '../client/ok';",
  "party/to-client.ts": "export { x } from '../client/ok';",
  "party/to-components.ts": "export { x } from '../components/ok';",
  "party/deep/to-app.ts": "export { x } from '../../app/ok';",
  "client/to-server.ts": "export { x } from '../server/ok';",
  "client/to-room.ts": "import type { X } from '../core/room/ok'; export type Y = X;",
  "client/to-feed.ts": "import type { X } from '../core/feed/ok'; export type Y = X;",
  "client/to-components.ts": "export { x } from '../components/ok';",
  "components/to-server.ts": "import type { X } from '../server/ok'; export type Y = X;",
  "components/to-room.ts": "import type { X } from '../core/room/ok'; export type Y = X;",
  "components/deep/to-app.ts": "export { x } from '../../app/ok';",
  "app/to-server.ts": "export { x } from '../server/ok';",
  "app/deep/er/to-party.ts": "export { x } from '../../../party/ok';",
  "core/shared/cycle-a.ts": "import type { B } from './cycle-b'; export type A = B | 1;",
  "core/shared/cycle-b.ts": "import type { A } from './cycle-a'; export type B = A | 2;",
};

const OK = "export const x = 1; export type X = 1;";
const ALLOWED: Record<string, string> = {
  "core/room/ok.ts": OK,
  "core/feed/ok.ts": OK,
  "core/shared/ok.ts": `import * as v from 'valibot'; export const s = v.string(); ${OK}`,
  "core/shared/ok.test.ts":
    "import 'vitest'; import 'fast-check'; import '@fast-check/vitest'; import './ok';",
  "server/testing/ok.ts": `export const now = () => Date.now(); ${OK}`,
  "server/ok.ts": `export { x as y } from '../core/room/ok'; const LIMIT = 5; export const most = () => LIMIT; ${OK}`,
  "party/ok.ts": `import type { Room } from 'partykit/server'; export type R = Room; export { x as y } from '../server/ok'; ${OK}`,
  "client/ok.ts": `import 'partysocket'; import 'react'; export { x as y } from '../core/shared/ok'; ${OK}`,
  "components/ok.ts": `export { x as y } from '../client/ok'; ${OK}`,
  "app/ok.ts": `export { x as y } from '../components/ok'; ${OK}`,
};

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "rollcall-arrows-"));
  for (const file of [".oxlintrc.json", ".dependency-cruiser.mjs", "package.json", "scripts/lint"])
    await cp(path.join(ROOT, file), path.join(dir, file), { recursive: true });
  await writeFile(path.join(dir, "tsconfig.json"), "{}");
  for (const [file, content] of Object.entries({ ...MISUSES, ...IMPORTS, ...ALLOWED })) {
    await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
    await writeFile(path.join(dir, file), content);
  }
});
afterAll(() => rm(dir, { recursive: true }));

describe("the linter refuses what a folder must not use", () => {
  let refused: Set<string>;

  beforeAll(async () => {
    const { diagnostics } = await jsonOf<{ diagnostics: { code: string; filename: string }[] }>("oxlint", [
      "--format=json",
    ]);
    const ours = diagnostics.filter(({ code }) => /no-restricted-|no-module-state/.test(code));
    refused = new Set(ours.map(({ filename }) => filename));
  });

  test.each(Object.entries(MISUSES))("refused in %s: %s", (file) => {
    expect(refused).toContain(file);
  });
  test.each(Object.entries(ALLOWED))("allowed in %s: %s", (file) => {
    expect(refused).not.toContain(file);
  });
});

describe("the imports follow the arrows app → components → client → core and party → server → core", () => {
  let refused: Set<string>;

  beforeAll(async () => {
    // Not before: the linter would read all the types in it.
    await symlink(path.join(ROOT, "node_modules"), path.join(dir, "node_modules"));
    const folders = ["app", "client", "components", "core", "party", "server"];
    const args = ["--output-type", "json", ...folders];
    const { summary } = await jsonOf<{ summary: { violations: { from: string }[] } }>("depcruise", args);
    refused = new Set(summary.violations.map(({ from }) => from));
  });

  test.each(Object.entries(IMPORTS))("refused in %s: %s", (file) => {
    // A cycle is reported once, at either end.
    const files = file.includes("cycle") ? ["core/shared/cycle-a.ts", "core/shared/cycle-b.ts"] : [file];
    expect(files.some((each) => refused.has(each))).toBe(true);
  });
  test.each(Object.entries(ALLOWED).filter(([file]) => !file.endsWith(".test.ts")))(
    "allowed in %s: %s",
    (file) => {
      expect(refused).not.toContain(file);
    },
  );
});

function jsonOf<Report>(tool: string, args: string[]): Promise<Report> {
  const options = { cwd: dir, maxBuffer: 64 * 1_024 * 1_024 };
  return new Promise((resolve, reject) => {
    execFile(path.join(ROOT, "node_modules/.bin", tool), args, options, (_failed, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as Report);
      } catch {
        reject(new Error(`${tool} did not report: ${stdout.slice(0, 500)}${stderr}`));
      }
    });
  });
}
