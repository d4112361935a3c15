/** Every duration of Rollcall, its default, and the check that they can work together. */

import { requireWhole, SettingError } from "./settings";

export interface Timings {
  /** A connection not heard for this long is pinged (HB1). */
  readonly intervalMs: number;
  /** An unanswered ping is repeated after this long (HB2). */
  readonly retryMs: number;
  /** This many unanswered pings make a connection dead (HB2). */
  readonly misses: number;
  /** How long a dropped connection leaves its user's status unchanged (GR1). */
  readonly graceMs: number;
  /** The grace of a page that said it was closing (GR1). */
  readonly reloadGraceMs: number;
  /** How long users who were online may take to return after a restart of the server (GR3). */
  readonly restartGraceMs: number;
  /** A connection without input for this long is idle (ST2). */
  readonly idleAfterMs: number;
  /** A connection whose page has been hidden for this long is idle (ST2). */
  readonly hiddenAwayAfterMs: number;
  /** Diffs are sent at most this often (SY2). */
  readonly flushMs: number;
}

export const DEFAULT_TIMINGS: Timings = {
  intervalMs: 10_000,
  retryMs: 3_000,
  misses: 3,
  graceMs: 10_000,
  reloadGraceMs: 3_000,
  restartGraceMs: 30_000,
  idleAfterMs: 300_000,
  hiddenAwayAfterMs: 120_000,
  flushMs: 100,
};

/** The longest duration of a setting: one year. */
const LONGEST_MS = 365 * 24 * 3_600_000;

/** A reloading page needs about this long to load, fetch a token and connect. */
const SHORTEST_RECONNECT_MS = 500;

/** The longest silence before a connection is declared dead, with alarms on time (HB2). */
export function deadAfterMs(timings: Timings): number {
  return timings.intervalMs + timings.misses * timings.retryMs;
}

/**
 * Input after a longer pause than this is reported at once (ST2). Other input is reported by the next pong. The server
 * sends this to clients in the sync.
 */
export function inputPauseMs(timings: Timings): number {
  return Math.min(5_000, Math.floor(timings.idleAfterMs / 4));
}

/**
 * A client's first reconnect comes at a random moment within this time (HB7). A quarter of the grace spreads a thousand
 * returns, and leaves time for several attempts before anybody sees a change.
 */
export function reconnectSpreadMs(timings: Timings): number {
  return Math.floor(timings.graceMs / 4);
}

/** The longest wait of a client between two attempts to connect. */
const LONGEST_WAIT_MS = 30_000;

/**
 * A client waits no longer than this between two attempts (HB7). So when a restarted server begins to serve, every
 * client tries within the restart grace, with time left to connect (GR3).
 */
export function reconnectWithinMs(timings: Timings): number {
  return Math.min(LONGEST_WAIT_MS, Math.floor((timings.restartGraceMs * 3) / 4));
}

/**
 * How much earlier than due a ping may be sent, so that one alarm serves many connections (HB4). Otherwise a thousand
 * connections with different phases would wake the room all the time.
 */
export function roundSlackMs(timings: Timings): number {
  return Math.floor(timings.intervalMs / 10);
}

/** The answers to this many pings keep a room busy for some 20 ms. Smaller rounds cost more in total. */
const SMALLEST_ROUND = 250;
/** A room is pinged in at most this many rounds, because each round is a write (DB2). */
const MOST_ROUNDS = 4;

/** How many connections one round pings in a room of this many connections (HB1). */
export function roundSize(connections: number): number {
  return Math.max(SMALLEST_ROUND, Math.ceil(connections / MOST_ROUNDS));
}

/**
 * Returns the timings unchanged if they can work (HB8).
 * @throws {SettingError} that names the first setting which cannot
 */
export function validateTimings(timings: Timings): Timings {
  const durations: readonly (keyof Timings)[] = [
    "intervalMs",
    "retryMs",
    "graceMs",
    "reloadGraceMs",
    "restartGraceMs",
    "idleAfterMs",
    "hiddenAwayAfterMs",
  ];
  for (const name of durations) requireWhole(name, timings[name], 1, LONGEST_MS, "milliseconds");
  requireWhole("misses", timings.misses, 1, 100, "pings");
  requireWhole("flushMs", timings.flushMs, 0, 60_000, "milliseconds");

  ensure(
    timings.intervalMs >= 100,
    "intervalMs",
    "must be at least 100 milliseconds, or the room does nothing but heartbeats",
  );
  ensure(
    timings.retryMs >= 50,
    "retryMs",
    "must be at least 50 milliseconds, or a healthy round trip counts as a miss",
  );
  ensure(
    timings.retryMs <= timings.intervalMs,
    "retryMs",
    `must not be longer than intervalMs (${timings.intervalMs}): repeated pings are more frequent than heartbeats`,
  );
  for (const name of ["graceMs", "reloadGraceMs", "restartGraceMs"] as const) {
    ensure(
      timings[name] >= SHORTEST_RECONNECT_MS,
      name,
      `must be at least ${SHORTEST_RECONNECT_MS} milliseconds: a shorter grace ends before a client can reconnect`,
    );
  }
  ensure(
    timings.reloadGraceMs <= timings.graceMs,
    "reloadGraceMs",
    `must not be longer than graceMs (${timings.graceMs}): a page that said it was closing has a shorter grace`,
  );
  ensure(
    timings.restartGraceMs >= timings.graceMs,
    "restartGraceMs",
    `must not be shorter than graceMs (${timings.graceMs}): after a restart everybody returns at once`,
  );
  ensure(
    timings.idleAfterMs - inputPauseMs(timings) >= deadAfterMs(timings),
    "idleAfterMs",
    `must be at least ${Math.ceil(deadAfterMs(timings) / 3) * 4} with these heartbeats: ` +
      "heartbeats report input, and a user who types must not be shown as away",
  );
  ensure(
    timings.flushMs <= timings.intervalMs,
    "flushMs",
    `must not be longer than intervalMs (${timings.intervalMs})`,
  );
  return timings;
}

function ensure(holds: boolean, setting: keyof Timings, problem: string): asserts holds {
  if (!holds) throw new SettingError(setting, problem);
}
