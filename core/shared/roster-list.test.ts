import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countByStatus, selectUsers, type RosterQuery } from "./roster-query";
import { RosterList } from "./roster-list";
import type { AdminUser } from "./terms";
import { START_AT } from "../testing/driver";
import { PLAIN_FOR_ADMINS } from "../testing/views";

const ids = ["a", "b", "B", "c1", "c10", "c2", "__proto__", "é"];

const user: fc.Arbitrary<AdminUser> = fc.record({
  id: fc.constantFrom(...ids),
  name: fc.constantFrom("Ada", "ada", "Äda", "Ben", "Zoë", "10", "9"),
  picture: fc.constant(null),
  status: fc.constantFrom("online", "away", "offline"),
  sinceAt: fc.integer({ min: START_AT - 3, max: START_AT }),
  lastSeenAt: fc.option(fc.integer({ min: START_AT - 3, max: START_AT })),
  reason: fc.constant(null),
  connections: fc.array(
    fc.constant({ id: "x", device: "Chrome", connectedAt: 0, hiddenAt: null, suspectAt: null }),
    { maxLength: 2 },
  ),
  message: fc.constant(null),
  dnd: fc.constant(false),
  availability: fc.constant("auto"),
  availabilityUntilAt: fc.constant(null),
  choseAt: fc.constant(null),
  hideLastSeen: fc.constant(false),
});

const query: fc.Arbitrary<RosterQuery> = fc.record({
  status: fc.constantFrom(undefined, "online", "offline"),
  query: fc.constantFrom(undefined, "", "ad", "c", "e"),
  sort: fc.constantFrom("name", "status", "lastSeen", "since", "connections"),
  descending: fc.boolean(),
});

type Step = (list: RosterList<AdminUser>, model: Model) => void;
interface Model {
  users: Map<string, AdminUser>;
  query: RosterQuery;
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: user.map((view): Step => (list, model) => {
      model.users.set(view.id, view);
      list.change(view.id, view);
    }),
  },
  fc.constantFrom(...ids).map((id): Step => (list, model) => {
    model.users.delete(id);
    list.change(id, undefined);
  }),
  query.map((asked): Step => (list, model) => {
    model.query = asked;
    list.ask(asked);
  }),
  fc.uniqueArray(user, { selector: ({ id }) => id }).map((users): Step => (list, model) => {
    model.users = new Map(users.map((each) => [each.id, each]));
    list.replace(users);
  }),
);

const shown = (list: RosterList<AdminUser>) =>
  Array.from({ length: list.length }, (_, index) => list.at(index));

describe("the list that is kept sorted", () => {
  test("[SY3] after any changes it equals a new sort of everybody", () => {
    const property = fc.property(query, fc.array(step, { maxLength: 40 }), (asked, steps) => {
      const list = new RosterList<AdminUser>(asked);
      const model: Model = { users: new Map(), query: asked };
      for (const each of steps) {
        each(list, model);
        expect(list.rows()).toEqual(selectUsers(model.users.values(), model.query));
        expect(shown(list)).toEqual(list.rows());
        expect(list.counts).toEqual(countByStatus(model.users.values()));
        expect(list.total).toBe(model.users.size);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("while held, rows keep their places with current data, and releasing them restores the order", () => {
    const property = fc.property(query, fc.array(step), fc.array(user), (asked, steps, changes) => {
      const list = new RosterList<AdminUser>(asked);
      const model: Model = { users: new Map(), query: asked };
      for (const each of steps) each(list, model);
      const before = list.rows().map(({ id }) => id);
      list.hold();
      for (const view of changes) {
        model.users.set(view.id, view);
        list.change(view.id, view);
      }
      const rows = shown(list);
      expect(rows.slice(0, before.length).map((row) => row?.id)).toEqual(before);
      expect(new Set(rows).size).toBe(rows.length);
      for (const row of rows) expect(row).toBe(model.users.get(row?.id ?? ""));
      const sorted = selectUsers(model.users.values(), model.query);
      for (const view of sorted) expect(rows).toContain(view);
      if (!list.isHolding) expect(rows).toEqual(sorted);
      list.release();
      expect(list.rows()).toEqual(sorted);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test("while held, removed users disappear, and a new order applies at once", () => {
    const byName = { sort: "name", descending: false } as const;
    const list = new RosterList<AdminUser>(byName);
    const people = ["ada", "ben", "cy"].map((id, index): AdminUser => ({
      id,
      name: id,
      picture: null,
      status: "online",
      sinceAt: START_AT + index,
      lastSeenAt: null,
      reason: null,
      connections: [],
      ...PLAIN_FOR_ADMINS,
    }));
    list.replace(people);
    list.hold();
    list.change("ben", undefined);
    expect(list.rows().map(({ id }) => id)).toEqual(["ada", "cy"]);
    list.ask({ ...byName, descending: true });
    expect(list.rows().map(({ id }) => id)).toEqual(["cy", "ada"]);
    expect(list.isHolding).toBe(false);
  });
});
