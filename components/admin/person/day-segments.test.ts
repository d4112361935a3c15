import fc from "fast-check";
import { expect, test } from "vitest";
import { daySegments, totals } from "./day-segments";

const none = { from: 0, to: 100, initial: null, knownSinceAt: null, changes: [], gaps: [] } as const;

test("[DB3] changes become segments without gaps, from the initial status to now", () => {
  const changes = [
    { at: 10, was: "offline", status: "online" },
    { at: 40, was: "online", status: "away" },
  ] as const;
  expect(daySegments({ ...none, initial: "offline", changes })).toEqual([
    { kind: "offline", fromAt: 0, toAt: 10 },
    { kind: "online", fromAt: 10, toAt: 40 },
    { kind: "away", fromAt: 40, toAt: 100 },
  ]);
});

test("[DB3] without changes the day is one segment, or unknown", () => {
  expect(daySegments({ ...none, initial: "online" })).toEqual([{ kind: "online", fromAt: 0, toAt: 100 }]);
  expect(daySegments(none)).toEqual([{ kind: "unknown", fromAt: 0, toAt: 100 }]);
});

test("[DB3] the day of a person begins when they were first seen", () => {
  const changes = [{ at: 98, was: "offline", status: "online" }] as const;
  expect(daySegments({ ...none, knownSinceAt: 98, changes })).toEqual([
    { kind: "online", fromAt: 98, toAt: 100 },
  ]);
});

test("[DB3] while the server was down the status is unknown, whatever it was before and after", () => {
  const gaps = [
    { fromAt: 20, toAt: 30 },
    { fromAt: 90, toAt: 200 },
  ];
  const changes = [{ at: 25, was: "online", status: "offline" }] as const;
  expect(daySegments({ ...none, initial: "online", changes, gaps })).toEqual([
    { kind: "online", fromAt: 0, toAt: 20 },
    { kind: "down", fromAt: 20, toAt: 30 },
    { kind: "offline", fromAt: 30, toAt: 90 },
    { kind: "down", fromAt: 90, toAt: 100 },
  ]);
});

test("[DB3] the segments always fill the day in order, and their durations add up to it", () => {
  const status = fc.constantFrom("online", "away", "offline");
  const instant = fc.integer({ min: 0, max: 100 });
  const day = fc.record({
    from: fc.constant(0),
    to: fc.constant(100),
    initial: fc.option(status),
    changes: fc
      .array(fc.record({ at: instant, was: status, status }))
      .map((changes) => changes.toSorted((a, b) => a.at - b.at)),
    gaps: fc.array(
      fc.tuple(instant, instant).map(([a, b]) => ({ fromAt: Math.min(a, b), toAt: Math.max(a, b) })),
    ),
  });
  const property = fc.property(day, (history) => {
    const segments = daySegments({ ...none, ...history });
    let at = 0;
    for (const { fromAt, toAt } of segments) {
      expect(fromAt).toBe(at);
      expect(toAt).toBeGreaterThan(fromAt);
      at = toAt;
    }
    expect(at).toBe(100);
    expect(Object.values(totals(segments)).reduce((sum, each) => sum + each)).toBe(100);
    for (const [index, { kind }] of segments.entries()) expect(kind).not.toBe(segments[index - 1]?.kind);
  });
  fc.assert(property);
});
