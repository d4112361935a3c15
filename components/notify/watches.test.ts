import fc from "fast-check";
import { expect, test } from "vitest";
import type { User } from "../../core/shared/terms";
import { dueWatches, MOST_WATCHES, parseWatches, toggleWatch, WATCH_MS, type Watch } from "./watches";

const NOW = 1_700_000_000_000;
const ADA = person("ada", "offline");

function person(id: string, status: User["status"], dnd = false): User {
  return { id, name: id, picture: null, status, sinceAt: NOW, lastSeenAt: null, dnd, message: null };
}

const watching = toggleWatch([], ADA, NOW);
const calm = { now: NOW + 1, doNotDisturb: false };

test("who is waited for is told of once, when online", () => {
  expect(dueWatches(watching, [ADA], calm)).toEqual({ due: [], waiting: watching });
  expect(dueWatches(watching, [person("ada", "away")], calm).due).toEqual([]);
  const { due, waiting } = dueWatches(watching, [person("ada", "online")], calm);
  expect(due).toEqual(watching);
  expect(dueWatches(waiting, [person("ada", "online")], calm).due).toEqual([]);
});

test("[ST3] a reader who does not want to be disturbed is told when that is over", () => {
  const here = [person("ada", "online")];
  const held = dueWatches(watching, here, { ...calm, doNotDisturb: true });
  expect(held).toEqual({ due: [], waiting: watching });
  expect(dueWatches(held.waiting, here, calm).due).toEqual(watching);
});

test("[ST3] who does not want to be disturbed is not announced as if they could be spoken to", () => {
  expect(dueWatches(watching, [person("ada", "online", true)], calm)).toEqual({ due: [], waiting: watching });
});

test("a watch is over after its time, untold", () => {
  const late = { now: NOW + WATCH_MS, doNotDisturb: false };
  expect(dueWatches(watching, [person("ada", "online")], late)).toEqual({ due: [], waiting: [] });
});

test("asking again takes the wish back, and of too many the oldest gives way", () => {
  expect(toggleWatch(watching, ADA, NOW)).toEqual([]);
  let many: readonly Watch[] = [];
  for (let index = 0; index <= MOST_WATCHES; index += 1)
    many = toggleWatch(many, person(`u${index}`, "away"), NOW);
  expect(many.map(({ userId }) => userId)).toHaveLength(MOST_WATCHES);
  expect(many[0]?.userId).toBe("u1");
});

test("whatever a browser has kept is read without a throw", () => {
  expect(parseWatches(JSON.stringify(watching))).toEqual(watching);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => Array.isArray(parseWatches(text))));
});
