import { valuesOf } from "./results.mjs";
import { quantile } from "./tools.mjs";

/** @typedef {import("./results.mjs").Results} Results */

const joinMs = (/** @type {any} */ { join }) => join?.wallMs;
const workerdMs = (/** @type {any} */ { join }) => join?.cpuMs?.workerd;
const quietMs = (/** @type {any} */ { quiet }) => quiet?.cpuMs?.workerd;

/**
 * What Rollcall is to hold, as ratios of medians of one run: seconds say more of the machine than of it.
 * @type {{ what: string, at?: number[], most: number, value: (of: (system: string, measure: (phases: any) => number | undefined) => number, people: number) => number }[]}
 */
const TARGETS = [
  {
    what: "join ÷ accepting alone",
    most: 1.25,
    value: (of) => of("rollcall", joinMs) / of("floor-accept", joinMs),
  },
  {
    what: "join ÷ Colyseus",
    at: [2_000],
    most: 1,
    value: (of) => of("rollcall", joinMs) / of("colyseus", joinMs),
  },
  {
    what: "join ÷ Colyseus",
    at: [5_000],
    most: 0.4,
    value: (of) => of("rollcall", joinMs) / of("colyseus", joinMs),
  },
  {
    what: "join ÷ Socket.IO",
    at: [1_000],
    most: 0.3,
    value: (of) => of("rollcall", joinMs) / of("socketio", joinMs),
  },
  {
    what: "bytes per person seen",
    most: 46,
    value: (of) => of("rollcall", ({ join }) => join?.bytesPerPerson),
  },
  {
    what: "change p50 ÷ bare broadcast",
    most: 1.2,
    value: (of) =>
      of("rollcall", ({ change }) => change?.p50Ms) / of("floor-broadcast", ({ change }) => change?.p50Ms),
  },
  {
    what: "change p99 ÷ bare broadcast",
    most: 1.5,
    value: (of) =>
      of("rollcall", ({ change }) => change?.p99Ms) / of("floor-broadcast", ({ change }) => change?.p99Ms),
  },
  {
    what: "half leaving, s after grace",
    most: 0.5,
    value: (of) => of("rollcall", ({ reload }) => reload?.afterGraceMs) / 1_000,
  },
  {
    what: "join: workerd's CPU ÷ bare room that coalesces",
    most: 1.1,
    value: (of) => of("rollcall", workerdMs) / of("floor-coalesce", workerdMs),
  },
  {
    what: "quiet: workerd's CPU above idle, s per 1000 people",
    most: 0.3,
    value: (of, people) => (of("rollcall", quietMs) - of("floor-accept", quietMs)) / people,
  },
  {
    // The one above is below what the runtime needs for the frames alone; this is what can be held.
    what: "quiet: workerd's CPU ÷ bare heartbeats",
    most: 1.5,
    value: (of) => of("rollcall", quietMs) / of("floor-heartbeat", quietMs),
  },
];

/** @param {Results} results @param {number} people @returns {string[][]} */
export function targetTable(results, people) {
  const of = (/** @type {string} */ system, /** @type {(phases: any) => number | undefined} */ measure) =>
    quantile(valuesOf(results, system, people, measure), 0.5) ?? NaN;
  return TARGETS.filter(({ at }) => !at || at.includes(people)).flatMap(({ what, most, value }) => {
    const measured = value(of, people);
    return Number.isFinite(measured)
      ? [[what, measured.toFixed(2), String(most), measured <= most ? "✓" : "✗"]]
      : [];
  });
}
