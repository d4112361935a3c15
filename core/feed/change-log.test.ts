import fc from "fast-check";
import { expect, test } from "vitest";
import { changedSince, createChangeLog, logChange } from "./change-log";

/** A log of these diffs, numbered from `seq` + 1. */
function told(seq: number, diffs: readonly (readonly string[])[]) {
  const log = createChangeLog(seq);
  diffs.forEach((ids, index) => logChange(log, seq + index + 1, ids));
  return log;
}

test("[SY4] a client that missed some diffs gets exactly the users in these diffs, each once", () => {
  const names = fc.constantFrom("ada", "ben", "cleo", "__proto__");
  const diffs = fc.array(fc.uniqueArray(names), { maxLength: 12 });
  fc.assert(
    fc.property(diffs, fc.nat({ max: 1_000 }), fc.nat(), (all, from, pick) => {
      const heard = pick % (all.length + 1);
      const missed = changedSince(told(from, all), from + heard);
      expect(missed && [...missed].toSorted()).toEqual([...new Set(all.slice(heard).flat())].toSorted());
    }),
  );
});

test("[SY4] a number in the future, or one that was dropped, gives null", () => {
  const log = told(7, [["ada"], ["ben"]]);
  expect([6, 10, 7.5, Number.NaN, -1].map((seq) => changedSince(log, seq))).toEqual(Array(5).fill(null));
  expect(changedSince(log, 9)).toEqual(new Set());
});

test("[SY4] the oldest changes are dropped first, and the rest stays exact", () => {
  const many = Array.from({ length: 9_000 }, (_, index) => `user-${index}`);
  const log = told(0, [many, many, ["ada"]]);
  expect(changedSince(log, 1)).toEqual(new Set([...many, "ada"]));
  logChange(log, 4, many);
  expect(log.size).toBeLessThanOrEqual(20_000);
  expect(changedSince(log, 0)).toBeNull();
  expect(changedSince(log, 1)).toEqual(new Set([...many, "ada"]));
});
