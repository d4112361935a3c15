import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterEntry,
  countTransition,
  sample,
  type HistoryEntry,
  type Presence,
  type Transition,
} from "./history";
import type { Gap } from "../shared/terms";
import type { Status } from "../shared/terms";

const status = fc.constantFrom<Status>("online", "away", "offline");
const transition = (at: number): fc.Arbitrary<Transition> =>
  fc.record({ userId: fc.constant(null), at: fc.constant(at), was: status, status });
/** Changes in order of time; several may have the same instant. */
const transitions = fc
  .array(fc.nat({ max: 100 }), { maxLength: 30 })
  .chain((ats) => fc.tuple(...ats.toSorted((a, b) => a - b).map(transition)));

/** Entries as a room stores them: each begins with the counts after the previous one. */
function entriesOf(initial: Presence, changes: readonly Transition[], size: number): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  let before = initial;
  for (let from = 0; from < changes.length; from += size) {
    const entry = { before, transitions: changes.slice(from, from + size) };
    entries.push(entry);
    before = afterEntry(entry);
  }
  return entries;
}

describe("history", () => {
  test("[DB3] a change moves one user from one count to another", () => {
    const change = { userId: "ada", at: 0, was: "online", status: "away" } as const;
    expect(countTransition({ online: 2, away: 0 }, change)).toEqual({ online: 1, away: 1 });
    expect(countTransition({ online: 1, away: 1 }, { ...change, was: "away", status: "offline" })).toEqual({
      online: 1,
      away: 0,
    });
  });

  test("[DB3] a sample equals a recount of all changes until its instant", () => {
    const initial = { online: 40, away: 40 };
    const from = fc.nat({ max: 50 });
    const stepMs = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(
        transitions,
        fc.integer({ min: 1, max: 5 }),
        from,
        fc.nat({ max: 80 }),
        stepMs,
        (changes, size, start, length, step) => {
          const sampling = { from: start, to: start + length, stepMs: step };
          const points = sample(entriesOf(initial, changes, size), initial, [], sampling);
          const countAt = (at: number) =>
            changes.filter((each) => each.at <= at).reduce(countTransition, initial);
          const expected = [];
          for (let at = start; at < sampling.to; at += step) {
            const end = Math.min(at + step, sampling.to);
            // Every count that was reached until the next point, even for no time.
            const within = changes.flatMap((each, index) =>
              each.at > at && each.at < end
                ? [[each.at, changes.slice(0, index + 1).reduce(countTransition, initial).online] as const]
                : [],
            );
            let [mostOnlineAt, mostOnline] = [at, countAt(at).online];
            for (const [when, online] of within)
              if (online > mostOnline) [mostOnlineAt, mostOnline] = [when, online];
            expected.push({ at, ...countAt(at), mostOnline, mostOnlineAt });
          }
          expect(points).toEqual(expected);
        },
      ),
    );
  });

  test("[DB3] nothing is told of the time before the first change that is known", () => {
    const entries = [
      {
        before: { online: 0, away: 0 },
        transitions: [
          { userId: "ada", at: 25, was: "offline", status: "online" },
          { userId: "ben", at: 28, was: "offline", status: "online" },
        ],
      },
    ] as const;
    const points = sample(entries, { online: 0, away: 0 }, [], { from: 0, to: 40, stepMs: 10 }, 25);
    expect(points).toEqual([
      { at: 25, online: 1, away: 0, mostOnline: 2, mostOnlineAt: 28 },
      { at: 30, online: 2, away: 0, mostOnline: 2, mostOnlineAt: 30 },
    ]);
  });

  test("[DB3] samples have no counts while the server was down", () => {
    const gaps: Gap[] = [{ fromAt: 10, toAt: 20 }];
    const points = sample([], { online: 1, away: 0 }, gaps, { from: 0, to: 30, stepMs: 10 });
    expect(points.map((point) => point.online)).toEqual([1, null, 1]);
  });
});
