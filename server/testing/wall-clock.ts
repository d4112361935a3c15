import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { workerdPath } from "../../scripts/workerd.mjs";
import { ENGINE } from "./server-fixture";

const SOURCE = fileURLToPath(new URL("set-clock.c", import.meta.url));

/** A wall clock for a room server, which a test can set (TM1). */
export class SettableClock {
  readonly #dir = mkdtempSync(path.join(tmpdir(), "rollcall-clock-"));
  readonly #file: number;
  /** The runtime of a server whose clock this is. Node above it has the machine's. */
  readonly runtime: string;
  /** The environment of a program whose clock this is, and of all that it starts. */
  readonly env: Readonly<Record<string, string>>;
  #aheadMs = 0;

  constructor() {
    const [library, offset, runtime] = ["set-clock.so", "offset", "workerd"].map((name) =>
      path.join(this.#dir, name),
    ) as [string, string, string];
    execFileSync(compiler(), ["-shared", "-fPIC", "-O1", "-o", library, SOURCE]);
    writeFileSync(offset, Buffer.alloc(8));
    this.#file = openSync(offset, "r+");
    this.env = { LD_PRELOAD: library, CLOCK_OFFSET_FILE: offset };
    const settings = Object.entries(this.env).map(([name, value]) => `${name}='${value}'`);
    writeFileSync(runtime, `#!/bin/sh\n${settings.join(" ")} exec '${workerd()}' "$@"\n`);
    chmodSync(runtime, 0o700);
    this.runtime = runtime;
  }

  /** What the server's wall clock shows. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Sets it forward by so many milliseconds, or back. */
  step(ms: number): void {
    this.#aheadMs += ms;
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(this.#aheadMs) * 1_000_000n);
    writeSync(this.#file, bytes, 0, 8, 0);
  }

  /** Sets it right again. */
  reset(): void {
    this.step(-this.#aheadMs);
  }

  dispose(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

function workerd(): string {
  if (ENGINE !== "partykit") return workerdPath();
  // PartyKit's own copies; its package exports no path to its files.
  const partykit = new URL("../../node_modules/partykit/dist/bin.mjs", import.meta.url);
  const miniflare = createRequire(partykit).resolve("miniflare");
  return createRequire(createRequire(miniflare).resolve("workerd")).resolve("workerd/bin/workerd");
}

/** @throws when there is none and none can be installed, with the remedy */
function compiler(): string {
  const found = (): string | undefined =>
    ["cc", "gcc", "clang"].find((name) => spawnSync(name, ["--version"]).status === 0);
  const known = found();
  if (known) return known;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    for (const args of [["update"], ["install", "-y", "--no-install-recommends", "gcc", "libc6-dev"]])
      spawnSync("apt-get", args, { stdio: "inherit", env });
  }
  const installed = found();
  if (installed) return installed;
  throw new Error(
    "To set a server's clock these tests compile 50 lines of C: install a C compiler, on Debian with `apt-get install gcc libc6-dev`.",
  );
}
