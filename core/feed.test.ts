import { describe, expect, test } from "vitest";
import { createAdminFeed, createMemberFeed, publish } from "./feed";
import { encodeDiff } from "./protocol";
import { Driver, TYPING } from "./testing-driver";
import { DEFAULT_TIMINGS } from "./timings";
import { memberView, patchOf } from "./views";

const IDLE = { idleMs: 600_000, hiddenMs: null };

function roomWithFeeds() {
  const driver = new Driver();
  driver.connect("tab");
  const member = createMemberFeed(driver.room, "epoch", 7);
  const admin = createAdminFeed(driver.room, "epoch", 3);
  return { driver, member, admin };
}

describe("feeds", () => {
  test("[SY1] a new feed counts as told all that the room holds", () => {
    const { driver, member, admin } = roomWithFeeds();
    expect(publish(member, driver.room, ["ada"])).toBeNull();
    expect(publish(admin, driver.room, ["ada"])).toBeNull();
    expect([member.seq, admin.seq]).toEqual([7, 3]);
  });

  test("[SY2] a user who changed twice appears once, with what has changed and nothing else", () => {
    const { driver, member } = roomWithFeeds();
    driver.now += 1_000;
    driver.connect("second", { activity: IDLE });
    driver.leave("tab");
    driver.pass(DEFAULT_TIMINGS.reloadGraceMs);
    const diff = publish(member, driver.room, ["ada", "ada"]);
    expect(diff).toEqual({
      seq: 8,
      added: [],
      changed: [{ id: "ada", status: "away", sinceAt: driver.now }],
      removed: [],
    });
  });

  test("[SY2] a user who changed and changed back does not appear, and uses up no number", () => {
    const { driver, admin } = roomWithFeeds();
    driver.connect("second");
    driver.happen({ type: "signOut", connectionId: "unknown", tokensUntilAt: 0 });
    driver.pass(DEFAULT_TIMINGS.intervalMs + DEFAULT_TIMINGS.retryMs);
    driver.pong("tab");
    driver.pong("second");
    driver.connect("third", { clientId: "page of second" });
    driver.leave("third");
    driver.pass(DEFAULT_TIMINGS.reloadGraceMs);
    expect(publish(admin, driver.room, ["ada"])).toBeNull();
    expect(admin.seq).toBe(3);
  });

  test("[SY2] a new user is told whole, one who is new and gone again in the same moment as they are", () => {
    const { driver, member } = roomWithFeeds();
    driver.connect("bob's", { userId: "bob" });
    driver.signOut("bob's");
    const diff = publish(member, driver.room, ["bob"]);
    expect(diff?.added).toEqual([memberView(driver.user("bob"))]);
    expect(diff?.added[0]?.status).toBe("offline");
  });

  test("[SY2] a user who was forgotten is removed once, and one nobody was told of not at all", () => {
    const { driver, member } = roomWithFeeds();
    driver.connect("bob's", { userId: "bob" });
    driver.happen({ type: "forget", userId: "bob" });
    driver.happen({ type: "forget", userId: "ada" });
    expect(publish(member, driver.room, ["ada", "bob", "ada"])).toEqual({
      seq: 8,
      added: [],
      changed: [],
      removed: ["ada"],
    });
    expect(publish(member, driver.room, ["ada", "bob"])).toBeNull();
  });

  test("[SY3] a diff costs what changed, not what the room holds", () => {
    const lengthIn = (others: number): number => {
      const driver = new Driver();
      for (let index = 0; index < others; index += 1)
        driver.connect(`tab ${index}`, { userId: `user ${index}` });
      const member = createMemberFeed(driver.room, "epoch", 0);
      driver.connect("tab");
      const diff = publish(member, driver.room, ["ada"]);
      return diff ? encodeDiff(diff, driver.now).length : 0;
    };
    expect(lengthIn(500)).toBe(lengthIn(1));
  });

  test("[SY3] heartbeats are never broadcast", () => {
    const { driver, member, admin } = roomWithFeeds();
    const touched = driver.pass(DEFAULT_TIMINGS.intervalMs).flatMap(({ changes }) => [...changes.users]);
    touched.push(...driver.pong("tab", TYPING).users);
    expect(publish(member, driver.room, touched)).toBeNull();
    expect(publish(admin, driver.room, touched)).toBeNull();
  });

  test("[SY4] numbers go on without gaps, in each audience for itself", () => {
    const { driver, member, admin } = roomWithFeeds();
    // A second tab is news for admins alone.
    driver.connect("second");
    expect(publish(admin, driver.room, ["ada"])?.seq).toBe(4);
    expect(publish(member, driver.room, ["ada"])).toBeNull();
    driver.signOut("tab");
    expect(publish(admin, driver.room, ["ada"])?.seq).toBe(5);
    expect(publish(member, driver.room, ["ada"])?.seq).toBe(8);
  });

  test("[PR1] members are told no device, no reason, no connection and no suspicion", () => {
    const { driver, member } = roomWithFeeds();
    driver.connect("second", { device: "a secret device" });
    driver.connect("bob's", { userId: "bob", device: "a secret device" });
    driver.pass(DEFAULT_TIMINGS.intervalMs + DEFAULT_TIMINGS.retryMs);
    const diff = publish(member, driver.room, ["ada", "bob"]);
    expect(Object.keys(diff?.added[0] ?? {}).toSorted()).toEqual([
      "id",
      "lastSeenAt",
      "name",
      "picture",
      "sinceAt",
      "status",
    ]);
    expect(diff?.changed).toEqual([]);
    expect(diff && encodeDiff(diff, driver.now)).not.toContain("secret");
  });

  test("[PR1] admins are told connections and reasons", () => {
    const { driver, admin } = roomWithFeeds();
    driver.connect("second", { device: "Safari on an iPad" });
    const [patch] = publish(admin, driver.room, ["ada"])?.changed ?? [];
    expect(patch).toMatchObject({
      id: "ada",
      connections: [{ id: "tab" }, { id: "second", device: "Safari on an iPad" }],
    });
    expect(patch).not.toHaveProperty("status");
  });

  test("last seen is told only of those who are offline: the others are seen now", () => {
    const { driver } = roomWithFeeds();
    expect(memberView(driver.user()).lastSeenAt).toBeNull();
    driver.signOut("tab");
    expect(memberView(driver.user()).lastSeenAt).toBe(driver.now);
  });

  test("[SY2] a new name or picture is a change like any other", () => {
    const { driver, member } = roomWithFeeds();
    driver.connect("second", { profile: { name: "Ada King", picture: "https://example.com/ada.png" } });
    expect(publish(member, driver.room, ["ada"])?.changed).toEqual([
      { id: "ada", name: "Ada King", picture: "https://example.com/ada.png" },
    ]);
  });

  test("[SY2] what has not changed makes no patch", () => {
    const { driver } = roomWithFeeds();
    expect(patchOf(memberView(driver.user()), memberView(driver.user()))).toBeNull();
  });
});
