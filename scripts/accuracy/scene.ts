import { setTimeout as sleep } from "node:timers/promises";
import type { Timings } from "../../core/shared/timings";
import type { Stage } from "../../e2e/faults/stage";
import type { Witness } from "../../e2e/faults/witness";
import type { Trial } from "./trial";

/** The common parts of the measurements. */
export interface Scene {
  readonly stage: Stage;
  readonly timings: Timings;
  /** The number of departures. */
  readonly trials: number;
}

/** The wait after the bound, in milliseconds. A later detection is a failure, not a figure. */
const PATIENCE_MS = 60_000;

/** Runs an action for each user at a random time, in all phases of a heartbeat. Returns when it ran. */
export async function atRandomMoments(
  users: readonly string[],
  { intervalMs }: Timings,
  act: (user: string) => unknown,
): Promise<Map<string, number>> {
  const at = new Map<string, number>();
  await Promise.all(
    users.map(async (user) => {
      await sleep(Math.random() * 2 * intervalMs);
      at.set(user, Date.now());
      await act(user);
    }),
  );
  return at;
}

/** How often a user was shown offline from an instant on. */
function shownOffline(witness: Witness, user: string, sinceAt: number): number {
  return witness.sights.filter(
    (sight) => sight.user === user && sight.status === "offline" && sight.at >= sinceAt,
  ).length;
}

/** Waits until all users are shown offline, and makes a trial of each. `truthOf` tells when they were last heard. */
export async function departures(
  witness: Witness,
  goneAt: ReadonlyMap<string, number>,
  truthOf: (user: string) => number,
): Promise<Trial[]> {
  await witness.untilAll([...goneAt.keys()], "offline", PATIENCE_MS);
  return [...goneAt].map(([user, at]) => ({
    tookMs: witness.sawAt(user, "offline") - at,
    lastSeenOffMs: Math.abs((witness.user(user)?.lastSeenAt ?? NaN) - truthOf(user)),
    backMs: null,
    // Once is correct.
    falseOfflines: shownOffline(witness, user, at) - 1,
  }));
}

/** Makes a trial of each user who was connected all the time, or again after `backMs`. */
export function stays(
  witness: Witness,
  users: readonly string[],
  backMs: ReadonlyMap<string, number> = new Map(),
): Trial[] {
  return users.map((user) => ({
    tookMs: null,
    lastSeenOffMs: null,
    backMs: backMs.get(user) ?? null,
    falseOfflines: shownOffline(witness, user, 0),
  }));
}
