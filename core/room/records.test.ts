import { describe, expect, test } from "vitest";
import { nextDeadline } from "./deadlines";
import { step } from "./step";
import { proofOfLife, toRecord } from "./records";
import { lastActiveAt, lastSeenAt } from "./status";
import { Driver, restoreRoom, START_AT } from "../testing/driver";
import { DEFAULT_TIMINGS } from "../shared/timings";
import { adminView } from "./visibility";

const { intervalMs, retryMs, graceMs } = DEFAULT_TIMINGS;

/** What storage returns: plain data. */
const stored = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

describe("records", () => {
  test("[NM1] names and messages that an earlier version stored are cleaned when they are read", () => {
    const driver = new Driver();
    driver.connect("tab", { profile: { name: "\u200B", picture: null } });
    driver.choose("tab", { message: { emoji: null, text: "back\nat \u202E3", untilAt: null } });
    driver.choose("tab", { availability: "invisible" });
    const waking = { connections: [], proof: null, restarted: true, servingSinceAt: START_AT };
    const read = (record: object) =>
      restoreRoom(driver.timings, { ...waking, records: [stored(record) as never] }, driver.now).users.get(
        "ada",
      );
    const record = toRecord(driver.user());
    expect(read(record)).toMatchObject({
      profile: { name: "ada" },
      cover: { profile: { name: "ada" } },
      choices: { message: { text: "back at 3" } },
    });
    const empty = { emoji: null, text: "\u200B", untilAt: null };
    const { chosen } = record;
    const blank = { ...record, chosen: { ...chosen, choices: { ...chosen?.choices, message: empty } } };
    expect(read(blank)?.choices.message).toBeNull();
  });

  test("[DB1] a user's record, as plain data, restores the user", () => {
    const driver = new Driver();
    driver.connect("old", {
      profile: { name: "Ada Łovelace", picture: "https://example.com/ada.png" },
      sessionId: "gone",
    });
    driver.signOut("old");
    driver.connect("tab", { sessionId: "here", activity: { idleMs: 4_000, hiddenMs: 100 } });
    driver.connect("other", { sessionId: "here" });
    driver.pass(2_000);
    driver.close("other");
    const user = driver.user();
    const waking = {
      records: [stored(toRecord(user))],
      connections: [...user.connections.values()],
      proof: null,
    };
    const room = restoreRoom(
      driver.timings,
      { ...waking, restarted: false, servingSinceAt: START_AT },
      driver.now,
    );
    const restored = room.users.get("ada");
    expect(restored && adminView(restored)).toEqual(adminView(user));
    expect(restored).toMatchObject({ graces: user.graces, signedOut: user.signedOut });
    expect(restored && [lastSeenAt(restored), lastActiveAt(restored)]).toEqual([
      lastSeenAt(user),
      lastActiveAt(user),
    ]);
    expect(nextDeadline(room)).toBe(nextDeadline(driver.room));
  });

  test("[DB1] a record does not change after it was made", () => {
    const driver = new Driver();
    driver.connect("one");
    driver.connect("two");
    driver.close("one");
    const record = toRecord(driver.user());
    const then = stored(record);
    driver.close("two");
    expect(stored(record)).toEqual(then);
  });

  test("[DB1] offline users are restored as they were, with last seen and last active", () => {
    const driver = new Driver();
    driver.connect("tab", { activity: { idleMs: 5_000, hiddenMs: null } });
    driver.close("tab");
    driver.pass(graceMs);
    const before = adminView(driver.user());
    driver.crash(86_400_000);
    expect(adminView(driver.user())).toEqual(before);
    expect(lastActiveAt(driver.user())).toBe(START_AT - 5_000);
  });

  test("[HB5] an unanswered ping survives hibernation, and so does the count of awaited answers", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(intervalMs);
    driver.hibernate();
    expect(driver.connection("tab")).toMatchObject({ unanswered: 1, pingedAt: driver.now });
    expect(driver.room.awaited).toBe(1);
    driver.pong("tab");
    expect(driver.room.awaited).toBe(0);
  });

  test("[HB5] an idle connection stays idle over hibernation: a room that wakes has no deadline in the past", () => {
    const driver = new Driver();
    driver.connect("tab", { activity: { idleMs: DEFAULT_TIMINGS.idleAfterMs - 5_000, hiddenMs: null } });
    driver.pass(5_000);
    expect(driver.user().status).toBe("away");
    driver.hibernate();
    expect(nextDeadline(driver.room)).toBe(START_AT + intervalMs);
  });

  test("[DB2] an empty room has no proof of life", () => {
    const driver = new Driver();
    expect(proofOfLife(driver.room, driver.now)).toBeNull();
    driver.connect("dashboard", { observer: true });
    driver.connect("tab");
    driver.close("tab");
    expect(proofOfLife(driver.room, driver.now)).toBeNull();
  });

  test("[DB2] the proof has the instant of the user heard longest ago, by their latest connection", () => {
    const driver = new Driver();
    driver.connect("ada's first");
    driver.pass(1_000);
    driver.connect("bob's", { userId: "bob" });
    driver.pass(1_000);
    driver.connect("ada's second");
    expect(proofOfLife(driver.room, driver.now)).toEqual({
      at: driver.now,
      heardAt: START_AT + 1_000,
      suspects: [],
      rounds: [],
    });
  });

  test("[DB2] suspect users are listed with their own instant, and do not make the proof of others earlier", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.connect("silent", { userId: "bob" });
    driver.passAnswering(intervalMs + retryMs, ["tab"]);
    driver.hear("tab");
    expect(proofOfLife(driver.room, driver.now)).toMatchObject({
      heardAt: driver.now,
      suspects: [["bob", START_AT]],
    });
    driver.crash(1_000);
    expect(lastSeenAt(driver.user("bob"))).toBe(START_AT);
    expect(lastSeenAt(driver.user("ada"))).toBe(driver.now - 1_000);
  });

  test("[DB2] the proof of users who stayed does not change a user who left before the crash", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.connect("gone", { userId: "bob" });
    driver.leave("gone");
    driver.passAnswering(60_000, ["tab"]);
    driver.crash(1_000);
    expect(lastSeenAt(driver.user("bob"))).toBe(START_AT);
    expect(driver.user("bob").status).toBe("offline");
  });

  test("[DB2] after a second crash the proof of users who returned does not count for those who did not", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.connect("gone", { userId: "bob" });
    driver.passAnswering(60_000, ["tab", "gone"]);
    const bobSeenAt = lastSeenAt(driver.user("bob"));
    driver.crash(1_000);
    driver.connect("tab again");
    driver.passAnswering(20_000, ["tab again"]);
    driver.crash(1_000);
    expect(lastSeenAt(driver.user("bob"))).toBe(bobSeenAt);
  });

  test("a connection whose user's record was lost stays alive without effect", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.hibernate([]);
    driver.hear("tab");
    driver.pass(60_000);
    expect(driver.room.connections.size).toBe(0);
  });
});

describe("a room that is ended alone", () => {
  test("[GR3] gives connected users the restart grace, and leaves other graces as they are", () => {
    const driver = new Driver();
    driver.connect("one");
    driver.connect("two", { userId: "ben" });
    driver.close("two");
    const records = [...driver.room.users.values()].map((user) => stored(toRecord(user)));
    const wokenAt = driver.now + 1_000;
    const waking = { records, connections: [], proof: null, restarted: false, servingSinceAt: START_AT };
    const room = restoreRoom(driver.timings, waking, wokenAt);
    step(room, { type: "revive", wokenAt }, wokenAt);
    const untilAt = wokenAt + driver.timings.restartGraceMs;
    expect(room.users.get("ada")).toMatchObject({
      status: "online",
      graces: [{ cause: "restart", untilAt }],
    });
    expect(room.users.get("ben")?.graces).toEqual(driver.user("ben").graces);
  });
});

describe("records that are read late", () => {
  test("[OP3] add unknown users and the choices of known users, and leave the rest as it is", () => {
    const past = new Driver();
    past.connect("one");
    past.choose("one", { availability: "invisible" });
    past.connect("two", { userId: "ben" });
    past.signOut("two");
    const records = [...past.room.users.values()].map((user) => stored(toRecord(user)));
    const driver = new Driver();
    driver.connect("again");
    step(driver.room, { type: "adopt", records, proof: null }, driver.now);
    expect(driver.user("ben").status).toBe("offline");
    expect(driver.user("ada").status).toBe("online");
    expect(driver.user("ada").shown.status).toBe("offline");
    expect(driver.user("ada").connections.size).toBe(1);
  });
});
