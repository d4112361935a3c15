// `npm run check`: the checks before a commit. It starts no server and no browser.
import { CHECKS } from "./checks.mjs";
import { runQuietly } from "./steps.mjs";

const failed = await runQuietly([...CHECKS, { name: "unit tests", command: "vitest run --project unit" }]);
if (failed.length > 0) console.log(`Failed: ${failed.join(", ")}.`);
process.exit(failed.length > 0 ? 1 : 0);
