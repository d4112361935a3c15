import { describe, expect, test } from "vitest";
import { START_AT } from "../testing/driver";
import { PLAIN } from "../testing/views";
import { countByStatus, selectUsers } from "./roster-query";
import type { Status, User } from "./terms";

function person(id: string, more: Partial<User> = {}): User {
  return {
    id,
    name: id,
    picture: null,
    status: "online",
    sinceAt: START_AT,
    lastSeenAt: null,
    ...PLAIN,
    ...more,
  };
}

describe("selecting users", () => {
  const users = [
    person("u1", { name: "Zoë", status: "offline", lastSeenAt: START_AT - 5, sinceAt: START_AT - 4 }),
    person("u2", { name: "ångström", status: "away", sinceAt: START_AT - 3 }),
    person("u10", { name: "Bob", status: "offline", lastSeenAt: START_AT - 9, sinceAt: START_AT - 2 }),
    person("u3", { name: "bob", sinceAt: START_AT - 1 }),
  ];
  const idsBy = (query: Parameters<typeof selectUsers>[1]): string[] =>
    selectUsers(users, query).map((user) => user.id);

  test("sorts by name, ignoring case and accents, and ties by id", () => {
    expect(idsBy({ sort: "name", descending: false })).toEqual(["u2", "u10", "u3", "u1"]);
  });

  test("sorts by status, online users first, and offline users by when they were last seen", () => {
    expect(idsBy({ sort: "status", descending: false })).toEqual(["u3", "u2", "u1", "u10"]);
  });

  test("sorts by last seen, connected users as seen now", () => {
    expect(idsBy({ sort: "lastSeen", descending: true })).toEqual(["u2", "u3", "u1", "u10"]);
    expect(idsBy({ sort: "lastSeen", descending: false })).toEqual(["u10", "u1", "u2", "u3"]);
  });

  test("sorts by since and by connections", () => {
    expect(idsBy({ sort: "since", descending: false })).toEqual(["u1", "u2", "u10", "u3"]);
    expect(idsBy({ sort: "connections", descending: true })).toEqual(["u2", "u10", "u3", "u1"]);
  });

  test("does not depend on the order of the input", () => {
    for (const sort of ["name", "status", "lastSeen", "since", "connections"] as const) {
      const query = { sort, descending: true };
      expect(selectUsers(users.toReversed(), query)).toEqual(selectUsers(users, query));
    }
  });

  test("filters by status, and by a query that ignores case and accents", () => {
    expect(idsBy({ sort: "name", descending: false, status: "offline" })).toEqual(["u10", "u1"]);
    expect(idsBy({ sort: "name", descending: false, query: "ANG" })).toEqual(["u2"]);
    expect(idsBy({ sort: "name", descending: false, query: "zoe" })).toEqual(["u1"]);
    expect(idsBy({ sort: "name", descending: false, query: "U10" })).toEqual(["u10"]);
  });

  test("counts by status", () => {
    const counts: Record<Status, number> = { online: 1, away: 1, offline: 2 };
    expect(countByStatus(users)).toEqual(counts);
    expect(countByStatus([])).toEqual({ online: 0, away: 0, offline: 0 });
  });
});
