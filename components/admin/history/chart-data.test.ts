import { expect, test } from "vitest";
import { chartPoints, historyQuery, peakOf, tableRows, toColumns } from "./chart-data";

const down = { online: null, away: null, mostOnline: null, mostOnlineAt: null };
const points = [
  { at: 0, online: 2, away: 1, mostOnline: 5, mostOnlineAt: 7 },
  { at: 10, ...down },
  { at: 20, online: 3, away: 4, mostOnline: 3, mostOnlineAt: 20 },
  { at: 30, ...down },
];

test("[DB3] the current counts come last, and times without the server are null", () => {
  const all = chartPoints(
    { now: 25, from: 0, stepMs: 10, points, gaps: [] },
    { online: 7, away: 0, offline: 1 },
  );
  expect(toColumns(all)).toEqual([
    [0, 0.01, 0.02, 0.025],
    [2, null, 3, 7],
    [1, null, 4, 0],
  ]);
});

test("the peak is the most users at once, even between two points", () => {
  expect(peakOf(points)).toEqual({ online: 5, at: 7 });
  expect(peakOf([{ at: 0, ...down }])).toBeNull();
});

test("the table has the peaks of each interval, and null where the server was down all the time", () => {
  expect(tableRows(points, 10)).toEqual([
    { at: 0, online: 5, away: 1 },
    { at: 10, online: null, away: null },
    { at: 20, online: 3, away: 4 },
    { at: 30, online: null, away: null },
  ]);
  expect(tableRows(points, 20)).toEqual([
    { at: 0, online: 5, away: 1 },
    { at: 20, online: 3, away: 4 },
  ]);
});

test("the address stays the same during a step", () => {
  const now = Date.UTC(2026, 0, 2, 12, 4, 59);
  expect(historyQuery("day", now)).toBe(historyQuery("day", now - 290_000));
  expect(historyQuery("day", now)).toBe(`from=${Date.UTC(2026, 0, 1, 12)}&step=300000`);
  expect(historyQuery("week", now)).toBe(`from=${Date.UTC(2025, 11, 26, 12)}&step=1800000`);
});
