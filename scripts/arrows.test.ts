import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

// The linter's own view of a project that breaks every rule once: one file for each case.
const REFUSED: Record<string, string> = {
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
  "core/c-party.ts": "export { x } from '../server/engine';",
  "core/c-client.ts": "export { x } from '../client/client/store';",
  "core/d.test.ts": "import 'react';",
  "party/a.ts": "export { x } from '../client/client/store';",
  "party/b.ts": "export { x } from '../components/row';",
  "party/c.ts": "export { x } from '../app/page';",
  "party/deep/d.ts": "export { x } from '../../client/store';",
  "party/e.ts": "import 'react';",
  "client/a.ts": "export { x } from '../server/engine';",
  "client/b.ts": "export { x } from '../components/row';",
  "client/c.ts": "export { x } from '../app/page';",
  "client/d.ts": "import 'next/link';",
  "components/a.ts": "export { x } from '../server/engine';",
  "components/deep/b.ts": "export { x } from '../../app/page';",
  "components/c.ts": "import 'partysocket';",
  "app/a.ts": "export { x } from '../server/engine';",
  "app/deep/er/b.ts": "export { x } from '../../../party/server';",
};

const ALLOWED: Record<string, string> = {
  "core/ok.ts": "import * as v from 'valibot'; export { x } from './other'; export const s = v.string();",
  "core/ok.test.ts": "import 'vitest'; import 'fast-check'; import '@fast-check/vitest'; import './ok';",
  "party/ok.ts": "export { x } from '../core/ok';",
  "client/ok.ts": "import 'partysocket'; import 'react'; export { x } from '../core/ok';",
  "components/ok.ts": "export { x } from '../client/ok';",
  "app/deep/ok.ts": "export { x } from '../../components/ok';",
};

describe("the linter holds the arrows app → components → client → core ← party", () => {
  let dir: string;
  let refusedFiles: Set<string>;

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "rollcall-arrows-"));
    await cp(path.join(ROOT, ".oxlintrc.json"), path.join(dir, ".oxlintrc.json"));
    for (const [file, content] of Object.entries({ ...REFUSED, ...ALLOWED })) {
      await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
      await writeFile(path.join(dir, file), content);
    }
    refusedFiles = await lint(dir);
  });
  afterAll(() => rm(dir, { recursive: true }));

  test.each(Object.entries(REFUSED))("refused in %s: %s", (file) => {
    expect(refusedFiles).toContain(file);
  });
  test.each(Object.entries(ALLOWED))("allowed in %s: %s", (file) => {
    expect(refusedFiles).not.toContain(file);
  });
});

function lint(dir: string): Promise<Set<string>> {
  const oxlint = path.join(ROOT, "node_modules/.bin/oxlint");
  return new Promise((resolve, reject) => {
    execFile(oxlint, ["--format=json"], { cwd: dir }, (_failed, stdout, stderr) => {
      try {
        const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
        const ours = diagnostics.filter(({ code }) => code.includes("no-restricted-"));
        resolve(new Set(ours.map(({ filename }) => filename)));
      } catch {
        reject(new Error(`oxlint did not report: ${stdout}${stderr}`));
      }
    });
  });
}
