import fc from "fast-check";
import { expect, test } from "vitest";
import { createFeed, publish } from "./feed";
import { FIRST_PAGE, type PageQuery } from "../shared/page-query";
import { Pages } from "./pages";
import { selectUsers } from "../shared/roster-query";
import { Driver } from "../testing/driver";

const NAMES = ["ada", "Ben", "cleo", "Đặng", "__proto__", "émile"];

function world() {
  const driver = new Driver();
  const feed = createFeed("member", driver.room, "epoch", 0);
  const pages = new Pages(feed);
  return {
    driver,
    feed,
    pages,
    tell(ids: Iterable<string>) {
      const diff = publish(feed, driver.room, ids);
      if (diff) pages.follow(diff, driver.now);
    },
  };
}

test("[VW2] after any changes a page equals a new sort and filter of everybody", () => {
  const query: fc.Arbitrary<PageQuery> = fc.record({
    status: fc.constantFrom(undefined, "online" as const, "offline" as const),
    query: fc.constantFrom(undefined, "e"),
    sort: fc.constantFrom("name" as const, "status" as const, "since" as const),
    descending: fc.boolean(),
    offset: fc.nat({ max: 7 }),
    limit: fc.integer({ min: 1, max: 4 }),
  });
  const act = fc.record({ user: fc.constantFrom(...NAMES), leaves: fc.boolean() });
  fc.assert(
    fc.property(fc.array(fc.tuple(act, query), { maxLength: 20 }), (steps) => {
      const { driver, feed, pages, tell } = world();
      for (const [{ user, leaves }, asked] of steps) {
        driver.now += 1_000;
        if (leaves && driver.room.connections.has(user)) driver.signOut(user);
        else driver.connect(user, { userId: user, profile: { name: user } });
        tell([user]);
        const { offset, limit } = asked;
        const everybody = selectUsers(feed.views.values(), asked);
        expect(pages.read(asked, driver.now)).toEqual({
          total: everybody.length,
          users: everybody.slice(offset, offset + limit),
        });
      }
    }),
  );
});

test("[VW2] a list that nobody has read for a minute is dropped, and is correct when it is read again", () => {
  const { driver, pages, tell } = world();
  driver.connect("tab", { userId: "ada" });
  tell(["ada"]);
  expect(pages.read(FIRST_PAGE, driver.now).total).toBe(1);
  driver.now += 61_000;
  driver.connect("other", { userId: "ben" });
  tell(["ben"]);
  expect(pages.read(FIRST_PAGE, driver.now).users.map(({ id }) => id)).toEqual(["ada", "ben"]);
});
