import { expect, test, vi } from "vitest";
import type { ServerMessage } from "../../core/wire/protocol";
import { createStore } from "./store";
import { fakeUser, FAKE_TIMINGS } from "../testing/fake-environment";
import { DEFAULT_CHOICES } from "../../core/shared/choices";

const users = [fakeUser("ann"), fakeUser("ben"), fakeUser("__proto__")];

function sync(over: Partial<ServerMessage & { type: "sync" }> = {}): ServerMessage & { type: "sync" } {
  return {
    type: "sync",
    epoch: "e",
    seq: 0,
    now: 1_000,
    self: "ann",
    choices: DEFAULT_CHOICES,
    timings: FAKE_TIMINGS,
    mode: "roster",
    counts: null,
    users,
    ...over,
  };
}

function diff(over: Partial<ServerMessage & { type: "diff" }> = {}): ServerMessage & { type: "diff" } {
  return { type: "diff", seq: 1, now: 2_000, added: [], changed: [], removed: [], counts: null, ...over };
}

test("[SY3] a diff notifies the subscribers of its users only", () => {
  const store = createStore(false);
  store.apply(sync());
  const told: string[] = [];
  for (const { id } of users) store.subscribeUser(id, () => told.push(id));
  const ann = store.getUser("ann");
  store.apply(diff({ changed: [{ id: "ben", status: "away" }] }));
  expect(told).toEqual(["ben"]);
  store.apply(diff({ seq: 2, removed: ["__proto__"] }));
  expect(told).toEqual(["ben", "__proto__"]);
  expect(store.getUser("__proto__")).toBeUndefined();
  expect(store.getUser("ann")).toBe(ann);
});

test("[SY3] a sync notifies the subscribers of the users that it changed", () => {
  const store = createStore(false);
  store.apply(sync());
  const told: string[] = [];
  for (const id of ["ann", "ben", "cleo"]) store.subscribeUser(id, () => told.push(id));
  store.apply(sync({ users: [fakeUser("ann"), fakeUser("cleo")] }));
  expect(told).toEqual(["ben", "cleo"]);
});

test("the snapshot is the same object until something changes, and its users until the roster changes", () => {
  const store = createStore(false);
  store.apply(sync());
  const first = store.getSnapshot();
  expect(store.getSnapshot()).toBe(first);
  store.proveAt(5_000);
  store.setSuspect(false);
  expect(store.getSnapshot()).toBe(first);
  store.setLatency(12);
  const second = store.getSnapshot();
  expect(second).not.toBe(first);
  expect(second).toMatchObject({ latencyMs: 12, asOfAt: 5_000 });
  expect(second.users).toBe(first.users);
  expect(second.counts).toBe(first.counts);
  store.apply(diff({ changed: [{ id: "ben", status: "offline" }] }));
  expect(first.users[1]).toMatchObject({ status: "online" });
  expect(store.getSnapshot().counts).toEqual({ online: 2, away: 0, offline: 1 });
});

test("an unsubscribed listener is not called, and a listener that throws does not affect the others", async () => {
  const failures: unknown[] = [];
  vi.stubGlobal("queueMicrotask", (callback: () => void) => {
    try {
      callback();
    } catch (error) {
      failures.push(error);
    }
  });
  const store = createStore(false);
  const told = vi.fn<() => void>();
  store.subscribe(() => {
    throw new Error("a listener's own");
  });
  store.subscribe(told);
  const gone = vi.fn<() => void>();
  store.subscribe(gone)();
  store.subscribeUser("ann", gone)();
  store.apply(sync());
  vi.unstubAllGlobals();
  expect(told).toHaveBeenCalledTimes(1);
  expect(gone).not.toHaveBeenCalled();
  expect(failures).toHaveLength(1);
});

test("[SY3] a listener for changes gets the ids of a diff, and null for a sync", () => {
  const store = createStore(true);
  const told: unknown[] = [];
  const stop = store.subscribeChanges((ids, asOfAt) => told.push([ids, asOfAt]));
  store.apply(sync());
  store.apply(diff({ changed: [{ id: "ben", status: "away" }], removed: ["ann"] }));
  // A gap changes nothing.
  store.apply(diff({ seq: 9 }));
  stop();
  store.apply(diff({ seq: 2, removed: ["ben"] }));
  expect(told).toEqual([
    [null, 1_000],
    [["ben", "ann"], 2_000],
  ]);
});

test("[SY3] [SY6] the status is the same object while people come and go, and has its age when stale", () => {
  const store = createStore(true);
  expect(store.getStatus()).toMatchObject({ synced: false, stale: false });
  store.apply(sync());
  store.setConnection({ status: "live" });
  const live = store.getStatus();
  expect(live).toMatchObject({ synced: true, stale: false });
  store.apply(diff({ changed: [{ id: "ben", status: "away" }] }));
  expect(store.getStatus()).toBe(live);
  store.setSuspect(true);
  expect(store.getStatus()).toMatchObject({ stale: true, asOfAt: 2_000 });
});
