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

test("a watch is due once, when its user is online", () => {
  expect(dueWatches(watching, [ADA], calm)).toEqual({ due: [], waiting: watching });
  expect(dueWatches(watching, [person("ada", "away")], calm).due).toEqual([]);
  const { due, waiting } = dueWatches(watching, [person("ada", "online")], calm);
  expect(due).toEqual(watching);
  expect(dueWatches(waiting, [person("ada", "online")], calm).due).toEqual([]);
});

test("[ST3] a reader's watches wait until do not disturb is over", () => {
  const here = [person("ada", "online")];
  const held = dueWatches(watching, here, { ...calm, doNotDisturb: true });
  expect(held).toEqual({ due: [], waiting: watching });
  expect(dueWatches(held.waiting, here, calm).due).toEqual(watching);
});

test("[ST3] a watch of a user with do not disturb is not due", () => {
  expect(dueWatches(watching, [person("ada", "online", true)], calm)).toEqual({ due: [], waiting: watching });
});

test("a watch expires without a notification", () => {
  const late = { now: NOW + WATCH_MS, doNotDisturb: false };
  expect(dueWatches(watching, [person("ada", "online")], late)).toEqual({ due: [], waiting: [] });
});

test("a second toggle removes the watch, and above the limit the oldest is dropped", () => {
  expect(toggleWatch(watching, ADA, NOW)).toEqual([]);
  let many: readonly Watch[] = [];
  for (let index = 0; index <= MOST_WATCHES; index += 1)
    many = toggleWatch(many, person(`u${index}`, "away"), NOW);
  expect(many.map(({ userId }) => userId)).toHaveLength(MOST_WATCHES);
  expect(many[0]?.userId).toBe("u1");
});

test("any stored text is read without an error", () => {
  expect(parseWatches(JSON.stringify(watching))).toEqual(watching);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => Array.isArray(parseWatches(text))));
});
