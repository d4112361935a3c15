// `node scripts/workers-bundle.mjs <dir>`: what a machine or an image needs to run the rooms without Node. Writes
// workerd, its configuration with every setting of the rooms, and the bundle.
import { chmod, copyFile, readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { describeError, StartError } from "./start-error.mjs";
import { workerdPath, writeWorker } from "./workerd.mjs";

/** The settings that the rooms read, as the page of all settings lists them. A test compares it with the code. */
async function roomSettings() {
  const page = await readFile(new URL("../docs/settings.md", import.meta.url), "utf8");
  return [...page.matchAll(/^\| `(ROLLCALL_\w+)` \| (?:room|both) \|/gm)].map(([, name = ""]) => name);
}

try {
  const [dir] = process.argv.slice(2);
  if (dir === undefined)
    throw new StartError("Name the directory to write to: node scripts/workers-bundle.mjs <dir>");
  await writeWorker(dir, { settings: await roomSettings() });
  await copyFile(workerdPath(), path.join(dir, "workerd"));
  // Another user than the one who builds the image runs it. None of these files holds a secret.
  for (const name of await readdir(dir)) await chmod(path.join(dir, name), 0o755);
} catch (error) {
  console.error(describeError(error));
  process.exit(1);
}
