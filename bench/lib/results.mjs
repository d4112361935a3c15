/**
 * @typedef {object} Results
 * @property {ReturnType<typeof import("./machine.mjs").describeMachine>} machine
 * @property {{ limitMs: number, changes: number, quietMs: number, concurrency: number, wanted: string[] }} settings
 * @property {number} rounds
 * @property {{ system: string, people: number, round: number, versions: Record<string, string>, phases: Record<string, any>, failed?: string }[]} runs
 */

/** @typedef {(phases: any) => number | undefined} Measure */

/**
 * @param {Results} results
 * @param {string} system
 * @param {number} people
 * @param {Measure} measure
 * @returns {number[]} of all rounds that have it
 */
export function valuesOf({ runs }, system, people, measure) {
  return runs
    .filter((run) => run.system === system && run.people === people)
    .map((run) => measure(run.phases))
    .filter((value) => typeof value === "number" && Number.isFinite(value))
    .map(Number);
}
