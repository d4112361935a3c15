// `node bench/tables.mjs name name…`: puts the results of several runs of the bench together, since hours are better
// spent in parts, and writes them as bench/results/together.{json,md,svg}.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { drawChart } from "./lib/chart.mjs";
import { writeTables } from "./lib/tables.mjs";

const names = process.argv.slice(2);
if (names.length === 0) throw new Error("node bench/tables.mjs name name…, of files in bench/results/");
const file = (/** @type {string} */ name) => fileURLToPath(new URL(`results/${name}`, import.meta.url));

/** @type {import("./lib/results.mjs").Results[]} */
const parts = await Promise.all(
  names.map(async (name) => JSON.parse(await readFile(file(`${name}.json`), "utf8"))),
);
const [first] = parts;
const together = {
  .../** @type {import("./lib/results.mjs").Results} */ (first),
  rounds: Math.max(...parts.map(({ rounds }) => rounds)),
  runs: parts.flatMap(({ runs }) => runs).toSorted((a, b) => a.people - b.people),
};
const text = await writeTables(together);
await writeFile(file("together.json"), `${JSON.stringify(together, null, 1)}\n`);
await writeFile(file("together.md"), text);
await writeFile(file("together.svg"), await drawChart(together));
console.log(text);
