import type { Timings } from "../../core/shared/timings";

/** As tight as graces allow: idleness, deaths and graces overlap all the time. */
export const TIGHT: Timings = {
  intervalMs: 2_000,
  retryMs: 700,
  misses: 2,
  graceMs: 3_000,
  reloadGraceMs: 1_500,
  restartGraceMs: 4_000,
  idleAfterMs: 6_000,
  hiddenAwayAfterMs: 2_500,
  flushMs: 100,
};
