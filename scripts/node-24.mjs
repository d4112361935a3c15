// `node scripts/node-24.mjs <program> [arguments]`: runs a program on Node 24. npm installs the newest one once.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const VERSION = "24";
const name = `node-${process.platform}-${process.arch}`;
const dir = fileURLToPath(new URL("../node_modules/.cache/node-24", import.meta.url));
const bin = path.join(dir, "node_modules", name, "bin");

if (!existsSync(path.join(bin, "node")))
  execFileSync(
    "npm",
    ["install", "--prefix", dir, "--no-save", "--no-audit", "--no-fund", `${name}@${VERSION}`],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
const { status, error } = spawnSync(path.join(bin, "node"), process.argv.slice(2), {
  stdio: "inherit",
  // For the programs that find node by its name.
  env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}` },
});
if (error) throw error;
process.exit(status ?? 1);
