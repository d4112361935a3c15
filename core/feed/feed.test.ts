import { describe, expect, test } from "vitest";
import { createFeed, missedSince, publish, resendUser } from "./feed";
import { encodeDiff } from "../wire/encode";
import { Driver, TYPING } from "../testing/driver";
import { DEFAULT_TIMINGS } from "../shared/timings";
import { memberView, patchOf } from "../room/visibility";

const IDLE = { idleMs: 600_000, hiddenMs: null };

function roomWithFeeds() {
  const driver = new Driver();
  driver.connect("tab");
  const member = createFeed("member", driver.room, "epoch", 7);
  const admin = createFeed("admin", driver.room, "epoch", 3);
  return { driver, member, admin };
}

describe("feeds", () => {
  test("[SY1] a new feed has sent everything the room holds", () => {
    const { driver, member, admin } = roomWithFeeds();
    expect(publish(member, driver.room, ["ada"])).toBeNull();
    expect(publish(admin, driver.room, ["ada"])).toBeNull();
    expect([member.seq, admin.seq]).toEqual([7, 3]);
  });

  test("[SY2] a user who changed twice appears once, with only the changed fields", () => {
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

  test("[SY2] a user who changed back does not appear, and no number is used", () => {
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

  test("[SY2] a new user is sent whole, even one who has left again by then", () => {
    const { driver, member } = roomWithFeeds();
    driver.connect("bob's", { userId: "bob" });
    driver.signOut("bob's");
    const diff = publish(member, driver.room, ["bob"]);
    expect(diff?.added).toEqual([memberView(driver.user("bob"))]);
    expect(diff?.added[0]?.status).toBe("offline");
  });

  test("[SY2] a deleted user is removed once, and a user who was never sent is not removed", () => {
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

  test("[SY3] the size of a diff depends on the changes, not on the room", () => {
    const lengthIn = (others: number): number => {
      const driver = new Driver();
      for (let index = 0; index < others; index += 1)
        driver.connect(`tab ${index}`, { userId: `user ${index}` });
      const member = createFeed("member", driver.room, "epoch", 0);
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

  test("[SY4] each audience has numbers without gaps", () => {
    const { driver, member, admin } = roomWithFeeds();
    // Only admins are told about a second tab.
    driver.connect("second");
    expect(publish(admin, driver.room, ["ada"])?.seq).toBe(4);
    expect(publish(member, driver.room, ["ada"])).toBeNull();
    driver.signOut("tab");
    expect(publish(admin, driver.room, ["ada"])?.seq).toBe(5);
    expect(publish(member, driver.room, ["ada"])?.seq).toBe(8);
  });

  test("[PR1] members are sent no device, reason, connection or suspicion", () => {
    const { driver, member } = roomWithFeeds();
    driver.connect("second", { device: "a secret device" });
    driver.connect("bob's", { userId: "bob", device: "a secret device" });
    driver.pass(DEFAULT_TIMINGS.intervalMs + DEFAULT_TIMINGS.retryMs);
    const diff = publish(member, driver.room, ["ada", "bob"]);
    expect(Object.keys(diff?.added[0] ?? {}).toSorted()).toEqual([
      "dnd",
      "id",
      "lastSeenAt",
      "message",
      "name",
      "picture",
      "sinceAt",
      "status",
    ]);
    expect(diff?.changed).toEqual([]);
    expect(diff && encodeDiff(diff, driver.now)).not.toContain("secret");
  });

  test("[PR1] admins are sent connections and reasons", () => {
    const { driver, admin } = roomWithFeeds();
    driver.connect("second", { device: "Safari on an iPad" });
    const [patch] = publish(admin, driver.room, ["ada"])?.changed ?? [];
    expect(patch).toMatchObject({
      id: "ada",
      connections: [{ id: "tab" }, { id: "second", device: "Safari on an iPad" }],
    });
    expect(patch).not.toHaveProperty("status");
  });

  test("last seen is sent only for offline users, because others are seen now", () => {
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

  test("[SY2] equal views make no patch", () => {
    const { driver } = roomWithFeeds();
    expect(patchOf(memberView(driver.user()), memberView(driver.user()))).toBeNull();
  });
});

describe("what was missed", () => {
  test("[SY4] a returning client gets only the users who have changed since, as they are now", () => {
    const { driver, member } = roomWithFeeds();
    driver.connect("ben's", { userId: "ben" });
    driver.connect("cleo's", { userId: "cleo" });
    publish(member, driver.room, ["ben", "cleo"]);
    driver.signOut("ben's");
    publish(member, driver.room, ["ben"]);
    driver.connect("ben's again", { userId: "ben" });
    driver.happen({ type: "forget", userId: "cleo" });
    publish(member, driver.room, ["ben", "cleo"]);
    expect(missedSince(member, { epoch: "epoch", seq: 8 })).toEqual({
      from: 8,
      seq: 10,
      users: [memberView(driver.user("ben"))],
      removed: ["cleo"],
    });
    expect(missedSince(member, { epoch: "epoch", seq: 10 })).toEqual({
      from: 10,
      seq: 10,
      users: [],
      removed: [],
    });
  });

  test("[SY4] another epoch, a number of another audience and too old a number get a sync", () => {
    const { driver, member, admin } = roomWithFeeds();
    driver.connect("ben's", { userId: "ben" });
    publish(member, driver.room, ["ben"]);
    publish(admin, driver.room, ["ben"]);
    expect(missedSince(member, { epoch: "other", seq: 8 })).toBeNull();
    expect(missedSince(member, { epoch: "epoch", seq: 6 })).toBeNull();
    // Each audience has its own numbers: those of a member mean nothing after the member becomes an admin.
    expect(missedSince(admin, { epoch: "epoch", seq: 3 })).toBeNull();
    expect(missedSince(admin, { epoch: admin.epoch, seq: 3 })?.users).toHaveLength(1);
  });

  test("[SY4] when more than half of a large room has changed, the client gets a sync", () => {
    const { driver, member } = roomWithFeeds();
    const names = Array.from({ length: 60 }, (_, index) => `user-${index}`);
    for (const name of names) driver.connect(name, { userId: name });
    publish(member, driver.room, names);
    const { seq } = member;
    for (const name of names.slice(0, 30)) driver.signOut(name);
    publish(member, driver.room, names);
    expect(missedSince(member, { epoch: "epoch", seq })?.users).toHaveLength(30);
    for (const name of names.slice(30, 35)) driver.signOut(name);
    publish(member, driver.room, names);
    expect(missedSince(member, { epoch: "epoch", seq })).toBeNull();
  });

  test("[VW1] the counts always equal those of the views", () => {
    const { driver, member, admin } = roomWithFeeds();
    driver.connect("ben's", { userId: "ben" });
    driver.connect("cleo's", { userId: "cleo", activity: IDLE });
    resendUser(admin, "ada");
    for (const feed of [member, admin]) publish(feed, driver.room, ["ada", "ben", "cleo"]);
    driver.signOut("tab");
    driver.happen({ type: "forget", userId: "ben" });
    for (const feed of [member, admin]) {
      publish(feed, driver.room, ["ada", "ben", "nobody"]);
      expect(feed.counts).toEqual({ online: 0, away: 1, offline: 1 });
    }
  });
});
