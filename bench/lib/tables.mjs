import { peers } from "../peers/registry.mjs";
import { valuesOf } from "./results.mjs";
import { targetTable } from "./targets.mjs";
import { quantile } from "./tools.mjs";

/** @typedef {import("./results.mjs").Results} Results */
/** @typedef {import("./results.mjs").Measure} Measure */

/** @param {Record<string, number> | undefined} cpuMs @param {boolean} generators */
const total = (cpuMs, generators) =>
  cpuMs &&
  Object.entries(cpuMs).reduce(
    (sum, [name, ms]) => sum + (name.startsWith("generator") === generators ? ms : 0),
    0,
  );

/** The columns: what they show, of which unit, with how many digits. @type {[string, Measure, number][]} */
export const MEASURES = [
  ["join, s", ({ join }) => join?.wallMs / 1_000, 2],
  ["… server CPU, s", ({ join }) => Number(total(join?.cpuMs, false)) / 1_000, 2],
  ["… generator CPU, s", ({ join }) => Number(total(join?.cpuMs, true)) / 1_000, 2],
  ["… bytes per person seen", ({ join }) => join?.bytesPerPerson, 1],
  ["… frames per client", ({ join }) => join?.framesPerClient, 0],
  ["change p50, ms", ({ change }) => change?.p50Ms, 1],
  ["p99, ms", ({ change }) => change?.p99Ms, 1],
  ["ten changes a second: p50, ms", ({ busy }) => busy?.p50Ms, 1],
  ["p99, ms", ({ busy }) => busy?.p99Ms, 1],
  ["half leave, s", ({ leave }) => leave?.wallMs / 1_000, 2],
  ["half return, s", ({ back }) => back?.wallMs / 1_000, 2],
  // Without the development tool's own process, which watches files and is not deployed.
  ["quiet: server CPU, s", ({ quiet }) => (quiet?.cpuMs?.workerd ?? quiet?.cpuMs?.node) / 1_000, 2],
  [
    "memory, MB",
    ({ join }) => join?.rss && Object.values(join.rss).reduce((a, b) => Number(a) + Number(b), 0),
    0,
  ],
];

/** @param {number[]} values @param {number} digits */
function cell(values, digits) {
  const median = quantile(values, 0.5);
  if (median === null) return "–";
  const text = median.toFixed(digits);
  if (values.length < 2) return text;
  return `${text} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
}

/** @param {string[][]} rows the first is the head */
export function markdown([head = [], ...rows]) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

/** @param {Results} results */
export async function writeTables(results) {
  const { machine, settings, rounds, runs } = results;
  const sizes = [...new Set(runs.map(({ people }) => people))];
  const systems = Object.keys(peers).filter((name) => runs.some(({ system }) => system === name));
  const loaded = new Map();
  for (const name of systems) loaded.set(name, await /** @type {any} */ (peers)[name]());

  const parts = [
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, ${machine.kernel}, ${machine.date}. ` +
      `${rounds} round(s); medians, with the least and the most. ${settings.concurrency} sockets being opened at a time; ` +
      `${settings.changes} changes; quiet for ${settings.quietMs / 1_000} s. The generator's two processes share the cores with the server.`,
  ];
  for (const people of sizes) {
    const rows = systems
      .filter((name) => runs.some((run) => run.system === name && run.people === people))
      .map((name) => [
        loaded.get(name).label,
        ...MEASURES.map(([, measure, digits]) => cell(valuesOf(results, name, people, measure), digits)),
      ]);
    parts.push(`### ${people} people`, markdown([["", ...MEASURES.map(([title]) => title)], ...rows]));
    const targets = targetTable(results, people);
    if (targets.length > 0)
      parts.push(markdown([["Rollcall's target", "measured", "at most", ""], ...targets]));
    const failures = runs.filter((run) => run.people === people).flatMap(failuresOf);
    if (failures.length > 0) parts.push(failures.join("\n"));
  }
  parts.push("### What was run", notes(systems, loaded, runs).join("\n"));
  return `${parts.join("\n\n")}\n`;
}

/** @param {Results["runs"][number]} run */
function failuresOf({ system, phases, failed }) {
  const all = Object.entries(phases).filter(([, phase]) => phase.failed);
  const lines = all.map(([name, phase]) => `- ${system}, ${name}: ${phase.failed}`);
  return failed ? [...lines, `- ${system}: ${failed}`] : lines;
}

/** @param {string[]} systems @param {Map<string, any>} loaded @param {Results["runs"]} runs */
function notes(systems, loaded, runs) {
  return systems.map((name) => {
    const { label, note } = loaded.get(name);
    const versions = Object.entries(runs.find(({ system }) => system === name)?.versions ?? {});
    return `- **${label}** (${versions.map((each) => each.join(" ")).join(", ")}): ${note}`;
  });
}
