import fc from "fast-check";
import { expect, test } from "vitest";
import type { Transition } from "./history";
import { BUDGET, newPace, record, settle, settlesAt, unmerge, type Merge } from "./history-budget";
import type { Status } from "../shared/terms";

const STATUSES = ["offline", "away", "online"] as const;
const HOUR_MS = 3_600_000;

/** Changes of one user's status, with the time between them. */
function changesOf(steps: readonly (readonly [afterMs: number, turn: number])[]): Transition[] {
  let at = 1_000;
  let was: Status = "offline";
  return steps.map(([afterMs, turn]) => {
    at += afterMs;
    const status: Status = STATUSES[(STATUSES.indexOf(was) + turn) % 3] ?? "offline";
    const change = { userId: "ada", at, was, status };
    was = status;
    return change;
  });
}

/** The records of these changes, with alarms on time. */
function write(changes: readonly Transition[], endAt: number) {
  const pace = newPace();
  const timeline: Transition[] = [];
  const merges: Merge[] = [];
  const take = ({ transition, merge }: ReturnType<typeof record>): void => {
    if (transition) timeline.push(transition);
    if (merge) merges.push(merge);
  };
  for (const change of changes) {
    if (settlesAt(pace) <= change.at) take(settle(pace, "ada", settlesAt(pace)));
    take(record(pace, change));
  }
  if (settlesAt(pace) <= endAt) take(settle(pace, "ada", settlesAt(pace)));
  return { pace, timeline, merges };
}

/** The user's history, as the API returns it. */
function told({ pace, timeline, merges }: ReturnType<typeof write>) {
  const open = pace.open ? [pace.open] : [];
  return [...timeline.filter(({ merged }) => !merged), ...[...merges, ...open].flatMap(unmerge)].toSorted(
    (a, b) => a.at - b.at,
  );
}

function totals(
  changes: readonly Pick<Transition, "at" | "status">[],
  endAt: number,
): Record<Status, number> {
  const spent = { online: 0, away: 0, offline: 0 };
  let [at, status] = [0, "offline" as Status];
  for (const change of changes) {
    spent[status] += change.at - at;
    ({ at, status } = change);
  }
  spent[status] += endAt - at;
  return spent;
}

const steps = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 60, arbitrary: fc.integer({ min: 1, max: 2_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 * 60_000 }) },
    ),
    fc.integer({ min: 1, max: 2 }),
  ),
  { minLength: 1, maxLength: 400, size: "max" },
);

test("[DB5] after any merge the time in each status and the last status are exact", () => {
  let merged = 0;
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 2 * HOUR_MS }), (given, laterMs) => {
      const changes = changesOf(given);
      const last = changes.at(-1)!;
      const endAt = last.at + laterMs;
      const written = write(changes, endAt);
      const history = told(written);
      if (written.merges.length > 0 || written.pace.open) merged += 1;
      expect(totals(history, endAt)).toEqual(totals(changes, endAt));
      expect(history.at(-1)?.status ?? "offline").toBe(last.status);
      let status: Status = "offline";
      for (const change of history) {
        expect(change.was).toBe(status);
        status = change.status;
      }
    }),
    { numRuns: 100 },
  );
  expect(merged).toBeGreaterThan(20);
});

test("[DB5] each change in the room's timeline begins at the status in which the last one ended, and the timeline ends at the user's status", () => {
  fc.assert(
    fc.property(steps, (given) => {
      const changes = changesOf(given);
      const { timeline } = write(changes, changes.at(-1)!.at + HOUR_MS);
      let status: Status = "offline";
      let at = 0;
      for (const change of timeline) {
        expect(change.was).toBe(status);
        expect(change.at).toBeGreaterThanOrEqual(at);
        ({ at, status } = change);
      }
      expect(status).toBe(changes.at(-1)!.status);
    }),
    { numRuns: 100 },
  );
});

test("[DB5] a day with a change each second costs no more than an ordinary day", () => {
  const changes = changesOf(Array.from({ length: 86_400 }, () => [1_000, 1] as const));
  const { timeline, merges } = write(changes, changes.at(-1)!.at + HOUR_MS);
  expect(timeline.length).toBeLessThan(BUDGET + 24 * 13);
  expect(merges.length).toBeLessThanOrEqual(25);
  const single = timeline.filter(({ merged }) => merged === undefined).length;
  expect(merges.reduce((sum, merge) => sum + merge.changes, single)).toBe(86_400);
});

test("[DB5] an ordinary day is recorded change by change", () => {
  const changes = changesOf(Array.from({ length: 200 }, () => [5 * 60_000, 1] as const));
  const { timeline, merges } = write(changes, changes.at(-1)!.at + HOUR_MS);
  expect(timeline).toEqual(changes);
  expect(merges).toEqual([]);
});
