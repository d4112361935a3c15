import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PresenceClient } from "../../client/client/presence-client";
import type { PageQuery } from "../../core/shared/page-query";
import type { AdminUser } from "../../core/shared/terms";
import { createPagedRosterStore } from "./paged-roster-store";
import type { RosterStore } from "./roster-store";
import { PLAIN_FOR_ADMINS } from "../../core/testing/views";

const QUERY = { sort: "name" as const, descending: false };
const SIZE = 5_000;

let asked: PageQuery[];
let users: Map<string, AdminUser>;
let counts: { online: number; away: number; offline: number };
let change: () => void;
let status: { connection: { status: string }; asOfAt: number };
let tellStatus: () => void;
let store: RosterStore<AdminUser>;
let stop: () => void;

function user(row: number): AdminUser {
  const id = `user-${row}`;
  const view = { id, name: id, picture: null, status: "online", sinceAt: 0, lastSeenAt: null };
  return { ...view, ...PLAIN_FOR_ADMINS, status: "online", reason: null, connections: [] };
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  users = new Map();
  counts = { online: SIZE, away: 0, offline: 0 };
  status = { connection: { status: "live" }, asOfAt: 0 };
  // The server. The client receives only the users of the latest page.
  const client = {
    readPage: async (query: PageQuery) => {
      asked.push(query);
      const rows = Array.from({ length: query.limit }, (_, index) => user(query.offset + index));
      users = new Map(rows.map((each) => [each.id, each]));
      return { total: SIZE, users: rows };
    },
    getUser: (id: string) => users.get(id),
    getSnapshot: () => ({ counts }),
    getStatus: () => status,
    subscribe: (listener: () => void) => ((tellStatus = listener), () => {}),
    subscribeChanges: (listener: () => void) => ((change = listener), () => {}),
  };
  store = createPagedRosterStore(client as unknown as PresenceClient, QUERY);
  stop = store.subscribe(() => {});
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

test("[VW2] the table has the server's total length, and holds the rows around the view", async () => {
  await vi.runAllTimersAsync();
  expect(store.list).toMatchObject({ length: SIZE, total: SIZE });
  expect(store.list.at(0)?.id).toBe("user-0");
  store.need(20, 60);
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(1);
  store.need(3_000, 3_040);
  expect(store.list.at(3_010)).toBeUndefined();
  await vi.runAllTimersAsync();
  expect(store.list.at(3_010)?.id).toBe("user-3010");
  expect(store.list.at(2_980)?.id).toBe("user-2980");
});

test("[SE4] fast scrolling requests the rows where it stops, not all rows on the way", async () => {
  await vi.runAllTimersAsync();
  for (let row = 1_000; row < 4_000; row += 100) {
    store.need(row, row + 40);
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.runAllTimersAsync();
  expect(asked.length).toBeLessThan(6);
  expect(store.list.at(3_910)?.id).toBe("user-3910");
});

test("[VW2] rows are requested again after somebody came or left, but not while they are held", async () => {
  await vi.runAllTimersAsync();
  counts = { ...counts, online: SIZE - 1, offline: 1 };
  store.hold();
  change();
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(1);
  expect(store.list.isHolding).toBe(true);
  store.release();
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(2);
  expect(store.list.isHolding).toBe(false);
  // A change that keeps the counts changes no rows.
  change();
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(2);
});

test("[VW2] another query starts at the top, and a new connection with the same rows", async () => {
  await vi.runAllTimersAsync();
  store.need(3_000, 3_040);
  await vi.runAllTimersAsync();
  status = { ...status, connection: { status: "reconnecting" } };
  tellStatus();
  status = { ...status, connection: { status: "live" } };
  tellStatus();
  await vi.runAllTimersAsync();
  expect(asked.at(-1)).toMatchObject({ offset: 2_940 });
  store.ask({ ...QUERY, query: "ada" });
  await vi.runAllTimersAsync();
  expect(asked.at(-1)).toMatchObject({ offset: 0, query: "ada" });
});
