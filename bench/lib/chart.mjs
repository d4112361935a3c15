import { peers } from "../peers/registry.mjs";
import { valuesOf } from "./results.mjs";
import { MEASURES } from "./tables.mjs";
import { quantile } from "./tools.mjs";

/** The columns that make a picture. */
const SHOWN = [
  "join, s",
  "… server CPU, s",
  "… bytes per person seen",
  "change p50, ms",
  "p99, ms",
  "half leave, s",
];
const [WIDTH, ROW, LABELS, GAP] = [880, 22, 190, 46];

/**
 * Bars, one panel per measure, for the size that most systems were measured at. Colours come from the
 * page's own text colour, so that it reads on a light and on a dark ground.
 * @param {import("./results.mjs").Results} results
 */
export async function drawChart(results) {
  const people = commonSize(results);
  const names = Object.keys(peers).filter((name) =>
    results.runs.some((run) => run.system === name && run.people === people),
  );
  const labels = new Map();
  for (const name of names) labels.set(name, (await /** @type {any} */ (peers)[name]()).label);

  const panels = MEASURES.filter(([title]) => SHOWN.includes(title));
  const panelHeight = GAP + names.length * ROW;
  const columnWidth = (WIDTH - GAP) / 2;
  const drawn = panels.map(([title, measure, digits], at) => {
    const values = names.map((name) => quantile(valuesOf(results, name, people, measure), 0.5));
    const left = (at % 2) * (columnWidth + GAP);
    const top = 40 + Math.floor(at / 2) * panelHeight;
    return panel({
      title: title.replace("… ", "join: "),
      names,
      labels,
      values,
      digits,
      left,
      top,
      width: columnWidth,
    });
  });
  const height = 50 + Math.ceil(panels.length / 2) * panelHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    "<style>text{fill:#333}.bar{fill:#94a3b8}.own{fill:#2563eb}@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>",
    `<text x="0" y="18" font-size="15" font-weight="600">${people} people in one room (shorter is better)</text>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

/**
 * @param {{ title: string, names: string[], labels: Map<string, string>, values: (number | null)[], digits: number, left: number, top: number, width: number }} panel
 */
function panel({ title, names, labels, values, digits, left, top, width }) {
  const most = Math.max(...values.map(Number), Number.MIN_VALUE);
  const room = width - LABELS - 50;
  const rows = names.map((name, at) => {
    const y = top + 24 + at * ROW;
    const value = values[at] ?? null;
    const length = value === null ? 0 : Math.max(1, (value / most) * room);
    const kind = name === "rollcall" ? "bar own" : "bar";
    return [
      `<text x="${left + LABELS - 6}" y="${y + 12}" text-anchor="end">${labels.get(name)}</text>`,
      `<rect class="${kind}" x="${left + LABELS}" y="${y}" width="${length.toFixed(1)}" height="${ROW - 6}" rx="2"/>`,
      `<text x="${(left + LABELS + length + 5).toFixed(1)}" y="${y + 12}">${value === null ? "–" : value.toFixed(digits)}</text>`,
    ].join("");
  });
  return `<text x="${left}" y="${top + 12}" font-weight="600">${title}</text>\n${rows.join("\n")}`;
}

/** @param {import("./results.mjs").Results} results */
function commonSize({ runs }) {
  /** @type {Map<number, Set<string>>} */
  const systems = new Map();
  for (const { people, system } of runs) systems.set(people, (systems.get(people) ?? new Set()).add(system));
  const most = Math.max(0, ...[...systems.values()].map(({ size }) => size));
  return Math.max(0, ...[...systems].filter(([, { size }]) => size === most).map(([people]) => people));
}
