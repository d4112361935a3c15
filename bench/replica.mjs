// `node --import tsx --expose-gc bench/replica.mjs`: what a diff costs the client as the room grows: core's replica
// alone, and the store with a listener that looks at each snapshot, as React does; and what a user takes of memory.
import { createStore } from "../client/client/store.ts";
import { applyToRoster, createRoster } from "../core/replica/roster.ts";
import { makeViews, timeOf } from "./lib/core.mjs";
import { installPeers } from "./lib/install.mjs";
import { markdown } from "./lib/tables.mjs";

installPeers();
const now = Date.now();

const rows = [["people", "changes in the diff", "replica, µs", "store and snapshot, µs", "bytes per user"]];
for (const people of [100, 500, 1_000, 2_000, 5_000, 10_000]) {
  for (const changes of [1, 50]) {
    const replica = timeOf(stepper(people, changes, replicaOf(people)), 200);
    const store = timeOf(stepper(people, changes, storeOf(people)), 200);
    rows.push(
      [
        people,
        changes,
        replica.toFixed(1),
        store.toFixed(1),
        changes === 1 ? memoryPerUser(people) : "”",
      ].map(String),
    );
  }
}
console.log(markdown(rows));

/** @param {number} people @returns {any} */
function sync(people) {
  return {
    type: "sync",
    epoch: "a",
    seq: 0,
    now,
    self: "u00000",
    timings: {},
    users: makeViews(people, now),
  };
}

/** @param {number} people @returns {(message: any) => void} */
function replicaOf(people) {
  const roster = createRoster();
  applyToRoster(roster, sync(people));
  return (message) => applyToRoster(roster, message);
}

/** @param {number} people @returns {(message: any) => void} */
function storeOf(people) {
  const store = createStore(false);
  store.setConnection({ status: "live" });
  store.apply(sync(people));
  store.subscribe(() => store.getSnapshot());
  store.subscribeUser("u00001", () => store.getUser("u00001"));
  return (message) => store.apply(message);
}

/** @param {number} people @param {number} changes @param {(message: any) => void} apply */
function stepper(people, changes, apply) {
  let seq = 0;
  return () => {
    seq += 1;
    const status = seq % 2 === 0 ? "online" : "away";
    const changed = Array.from({ length: changes }, (_, index) => {
      const id = `u${String((seq * 7 + index * 13) % people).padStart(5, "0")}`;
      return { id, status, sinceAt: now };
    });
    apply({ type: "diff", seq, now, added: [], changed, removed: [] });
  };
}

/** @param {number} people */
function memoryPerUser(people) {
  if (!globalThis.gc) return "needs --expose-gc";
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  // Through text, as from the wire: literals would share their strings.
  const message = JSON.parse(JSON.stringify(sync(people)));
  const roster = createRoster();
  applyToRoster(roster, message);
  message.users = [];
  globalThis.gc();
  return String(Math.round((process.memoryUsage().heapUsed - before) / roster.users.size));
}
