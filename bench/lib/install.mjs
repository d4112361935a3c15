import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const BENCH = fileURLToPath(new URL("..", import.meta.url));

/** Installs the peers when that has not been done, or not with this lock file. */
export function installPeers() {
  const installed = `${BENCH}node_modules/.package-lock.json`;
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${BENCH}package-lock.json`).mtimeMs)
    return;
  // Nothing that is measured needs an install script.
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts"], { cwd: BENCH, stdio: "inherit" });
  if (status !== 0) throw new Error("could not install what Rollcall is compared with (npm ci in bench/)");
}
