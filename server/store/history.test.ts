import { expect, test } from "vitest";
import { afterEntry, type HistoryEntry, type Transition } from "../../core/room/history";
import type { PastReason } from "../../core/shared/terms";
import { simulatedStorage } from "../testing/simulated";
import { History } from "./history";

const AT = 1_700_000_000_000;
const NOBODY = { online: 0, away: 0 };

function historyInMemory() {
  const { storage, file } = simulatedStorage();
  return { history: new History(storage), storage, file };
}

function comes(userId: string, at: number): Transition {
  return { userId, at, was: "offline", status: "online" };
}

async function all(entries: AsyncIterable<HistoryEntry>): Promise<HistoryEntry[]> {
  const found: HistoryEntry[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

test("[DB3] keeps changes in order of time, with the counts before them", async () => {
  const { history } = historyInMemory();
  const changes: Transition[] = [
    comes("ada", AT),
    { userId: "ada", at: AT + 40, was: "online", status: "away" },
    { userId: "ben", at: AT + 50, was: "offline", status: "online", merged: 7 },
  ];
  history.append(NOBODY, changes);
  history.append({ online: 1, away: 1 }, [comes("cleo", AT + 1_000)]);
  expect(await all(history.between(AT - 1, AT + 2_000))).toEqual([
    { before: NOBODY, transitions: changes },
    { before: { online: 1, away: 1 }, transitions: [comes("cleo", AT + 1_000)] },
  ]);
  expect(await history.oldestAt()).toBe(AT);
});

test("[ST5] [DB3] keeps why each status began", async () => {
  const { history } = historyInMemory();
  const reasons: PastReason[] = [
    { kind: "active" },
    { kind: "missed", misses: 3, evidenceAt: AT - 19_000 },
    { kind: "closed", evidenceAt: AT - 2_000 },
    { kind: "signedOut" },
    { kind: "restart", evidenceAt: AT - 60_000 },
  ];
  const changes = reasons.map((reason, index) => ({ ...comes(`user ${index}`, AT + index), reason }));
  history.append(NOBODY, changes);
  expect(await all(history.between(AT - 1, AT + 100))).toEqual([{ before: NOBODY, transitions: changes }]);
});

test("[DB3] finds the entry before an instant, and those after one and before another", async () => {
  const { history } = historyInMemory();
  for (const each of [0, 10, 20]) history.append(NOBODY, [comes("ada", AT + each)]);
  const startOf = (entry: HistoryEntry | null) => entry?.transitions[0]?.at;
  expect(await history.before(AT - 1)).toBeNull();
  expect(startOf(await history.before(AT + 10))).toBe(AT + 10);
  expect(startOf(await history.before(AT + 19))).toBe(AT + 10);
  expect((await all(history.between(AT, AT + 20))).map(startOf)).toEqual([AT + 10]);
});

test("[DB3] keeps entries of one millisecond apart, in the order in which they came", async () => {
  const { history } = historyInMemory();
  for (const userId of ["ada", "ben", "cleo"]) history.append(NOBODY, [comes(userId, AT)]);
  const found = await all(history.between(AT - 1, AT + 1));
  expect(found.map(({ transitions }) => transitions[0]?.userId)).toEqual(["ada", "ben", "cleo"]);
});

test("[DB3] splits more changes than one value holds, and each part has the counts before it", async () => {
  const { history } = historyInMemory();
  const changes = Array.from({ length: 450 }, (_, each) => comes(`user ${each}`, AT + each));
  history.append({ online: 3, away: 1 }, changes);
  const found = await all(history.between(AT - 1, AT + 1_000));
  expect(found.map(({ transitions }) => transitions.length)).toEqual([200, 200, 50]);
  expect(found.map(({ before }) => before.online)).toEqual([3, 203, 403]);
  expect(found.flatMap(({ transitions }) => transitions)).toEqual(changes);
  expect(found.at(-1) && afterEntry(found.at(-1) as HistoryEntry)).toEqual({ online: 453, away: 1 });
});

test("[DB3] reads a range of many entries page by page, each entry once", async () => {
  const { history, file } = historyInMemory();
  for (let each = 0; each < 1_100; each += 1) history.append(NOBODY, [comes("ada", AT + each)]);
  await Promise.resolve();
  const found = await all(history.between(AT - 1, AT + 5_000));
  expect(found.map(({ transitions }) => transitions[0]?.at)).toEqual(
    Array.from({ length: 1_100 }, (_, each) => AT + each),
  );
  expect(file.list({ prefix: "history:" }).size).toBe(1_100);
});

test("[DB3] an erased user's changes stay without a name, and their merges go", async () => {
  const { history, storage, file } = historyInMemory();
  const merge = {
    fromAt: AT,
    was: "offline",
    toAt: AT + 500,
    status: "online",
    changes: 9,
    spentMs: { online: 300, away: 0, offline: 200 },
  } as const;
  history.append(NOBODY, [comes("ada", AT), comes("ben", AT + 1)]);
  history.append({ online: 2, away: 0 }, [
    { ...comes("ada", AT + 10), was: "online", status: "away", merged: 4 },
  ]);
  for (const userId of ["ada", "ben"]) history.keepMerge(userId, { ...merge, spentMs: { ...merge.spentMs } });
  await history.erase("ada");
  const found = await all(history.between(AT - 1, AT + 100));
  expect(found.flatMap(({ transitions }) => transitions).map(({ userId }) => userId)).toEqual([
    null,
    "ben",
    null,
  ]);
  expect(found.map(afterEntry)).toEqual([
    { online: 2, away: 0 },
    { online: 1, away: 1 },
  ]);
  expect(found[1]?.transitions[0]).toMatchObject({ was: "online", status: "away", merged: 4 });
  expect(await history.merges("ada", 0)).toEqual([]);
  expect(await history.merges("ben", 0)).toEqual([merge]);
  await storage.settled();
  expect(JSON.stringify([...file.list({})])).not.toContain("ada");
});

test("[DB5] finds the merges of a user that ended after an instant", async () => {
  const { history } = historyInMemory();
  const ended = (toAt: number) => ({
    fromAt: AT,
    was: "offline" as const,
    toAt,
    status: "online" as const,
    changes: 2,
    spentMs: { online: 0, away: 0, offline: 0 },
  });
  for (const toAt of [AT + 10, AT + 20, AT + 30]) history.keepMerge("ada", ended(toAt));
  history.keepMerge("ben", ended(AT + 25));
  expect((await history.merges("ada", AT + 20)).map(({ toAt }) => toAt)).toEqual([AT + 20, AT + 30]);
});

test("[GR3] gaps are found when they overlap a range", async () => {
  const { history } = historyInMemory();
  history.noteGap({ fromAt: AT, toAt: AT + 10 });
  history.noteGap({ fromAt: AT + 50, toAt: AT + 60 });
  expect(await history.gaps(AT + 5, AT + 20)).toEqual([{ fromAt: AT, toAt: AT + 10 }]);
  expect(await history.gaps(AT + 10, AT + 50)).toEqual([]);
  expect(await history.gaps(AT - 5, AT + 100)).toHaveLength(2);
});

test("[DB3] forgets entries, gaps and merges that are too old, and nothing else", async () => {
  const { history, storage, file } = historyInMemory();
  for (let each = 0; each < 300; each += 1) history.append(NOBODY, [comes("ada", AT + each)]);
  history.noteGap({ fromAt: AT, toAt: AT + 1 });
  const spentMs = { online: 0, away: 0, offline: 0 };
  for (const toAt of [AT + 5, AT + 295])
    history.keepMerge("ada", { fromAt: AT, was: "offline", toAt, status: "online", changes: 2, spentMs });
  storage.put("user:ada", {});
  await history.prune(AT + 290);
  await storage.settled();
  expect(await history.oldestAt()).toBe(AT + 290);
  expect(await history.gaps(0, AT + 1_000)).toEqual([]);
  expect((await history.merges("ada", 0)).map(({ toAt }) => toAt)).toEqual([AT + 295]);
  // Ten entries, a merge and a user.
  expect(file.list({}).size).toBe(12);
});
