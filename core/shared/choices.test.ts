import { describe, expect, test } from "vitest";
import { isEmoji, readStatusMessage } from "./choices";
import { nextDeadline } from "../room/deadlines";
import { toRow } from "../wire/rows";
import { decodeClientMessage } from "../wire/protocol";
import { Driver } from "../testing/driver";
import type { StatusMessage } from "./terms";
import { DEFAULT_TIMINGS } from "./timings";
import { adminView, memberView, privateView } from "../room/visibility";

const IDLE = { idleMs: 600_000, hiddenMs: null };
const LUNCH: StatusMessage = { emoji: "🍕", text: "Lunch", untilAt: null };

function lunchFor(driver: Driver, ms: number): StatusMessage {
  return { ...LUNCH, untilAt: driver.now + ms };
}

describe("availability", () => {
  test("[ST3] a user who chose away is away while connected, and admins see the reason", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.choose("tab", { availability: "away" });
    driver.hear("tab", { idleMs: 0, hiddenMs: null });
    expect(memberView(driver.user())).toMatchObject({ status: "away", sinceAt: driver.now });
    expect(driver.user().reason).toEqual({ kind: "chosen", fromAt: driver.now });
    driver.close("tab");
    expect(driver.user().status).toBe("away");
    driver.pass(DEFAULT_TIMINGS.graceMs);
    expect(driver.user().status).toBe("offline");
    driver.connect("other");
    expect(driver.user().status).toBe("away");
    driver.choose("other", { availability: "auto" });
    expect(driver.user().status).toBe("online");
  });

  test("[ST3] do not disturb marks the derived status, but not an offline one", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.choose("tab", { availability: "dnd" });
    expect(memberView(driver.user())).toMatchObject({ status: "online", dnd: true });
    driver.connect("idle", { activity: IDLE });
    driver.leave("tab");
    driver.pass(DEFAULT_TIMINGS.reloadGraceMs);
    expect(memberView(driver.user())).toMatchObject({ status: "away", dnd: true });
    driver.signOut("idle");
    expect(memberView(driver.user())).toMatchObject({ status: "offline", dnd: false });
    expect(adminView(driver.user())).toMatchObject({ dnd: false, availability: "dnd" });
  });

  test("[ST3] a choice holds for all tabs, and all tabs are told", () => {
    const driver = new Driver();
    driver.connect("one");
    driver.connect("two");
    expect([...driver.choose("two", { availability: "away" }).chosen]).toEqual(["ada"]);
    expect([...driver.choose("one", { availability: "away" }).chosen]).toEqual([]);
    driver.leave("two");
    driver.pass(DEFAULT_TIMINGS.reloadGraceMs);
    expect(driver.user().status).toBe("away");
  });

  test("[ST3] with an end is reset on time, on every tab", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.choose("tab", { availability: "dnd", availabilityUntilAt: driver.now + 1_000, message: LUNCH });
    expect(nextDeadline(driver.room)).toBe(driver.now + 1_000);
    driver.pass(999);
    expect(memberView(driver.user()).dnd).toBe(true);
    const [last] = driver.pass(1);
    expect([...(last?.changes.chosen ?? [])]).toEqual(["ada"]);
    expect(memberView(driver.user())).toMatchObject({ dnd: false, message: LUNCH });
    driver.choose("tab", { availability: "away", availabilityUntilAt: driver.now + 1_000 });
    driver.choose("tab", { availability: "away" });
    expect(driver.user().choices.availabilityUntilAt).toBeNull();
  });

  test("[PR2] a user who was invisible until an end, and is gone by then, left when they became invisible", () => {
    const driver = new Driver();
    driver.connect("ben's", { userId: "ben" });
    driver.connect("tab");
    driver.choose("tab", { availability: "invisible", availabilityUntilAt: driver.now + 5_000 });
    const left = memberView(driver.user());
    driver.passAnswering(2_000, ["ben's", "tab"]);
    driver.signOut("tab");
    driver.passAnswering(5_000, ["ben's"]);
    expect(driver.user().choices.availability).toBe("auto");
    expect(memberView(driver.user())).toEqual(left);
    driver.hibernate();
    expect(memberView(driver.user())).toEqual(left);
    driver.connect("back");
    expect(memberView(driver.user())).toMatchObject({ status: "online", lastSeenAt: null });
  });

  test("[ST3] an observer and a closed connection cannot choose", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.connect("dashboard", { observer: true });
    expect(driver.choose("dashboard", { availability: "away" }).users.size).toBe(0);
    expect(driver.choose("gone", { availability: "away" }).users.size).toBe(0);
    expect(driver.user().status).toBe("online");
  });
});

describe("the status message", () => {
  test("[ST4] is cleared at its instant, and nothing else changes", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.choose("tab", { message: lunchFor(driver, 1_234), availability: "dnd" });
    expect(nextDeadline(driver.room)).toBe(driver.now + 1_234);
    driver.pass(1_233);
    expect(memberView(driver.user()).message).not.toBeNull();
    const [last] = driver.pass(1);
    expect([...(last?.changes.chosen ?? [])]).toEqual(["ada"]);
    expect(memberView(driver.user())).toMatchObject({ message: null, dnd: true, status: "online" });
  });

  test("[HB4 ST4] sets no alarm in an empty room, and is cleared before somebody comes in", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.choose("tab", { message: lunchFor(driver, 60_000) });
    driver.signOut("tab");
    expect(nextDeadline(driver.room)).toBeNull();
    driver.now += 60_000;
    expect(driver.connect("ben's", { userId: "ben" }).users).toContain("ada");
    expect(adminView(driver.user()).message).toBeNull();
  });

  test("[ST4] is ignored if it expired while its page was offline", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.choose("tab", { message: lunchFor(driver, -1) });
    expect(driver.user().choices.message).toBeNull();
  });

  test("[ST4 PR2] is shown to members unless the user is offline, and always to admins", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.choose("tab", { message: LUNCH });
    expect(memberView(driver.user()).message).toEqual(LUNCH);
    driver.signOut("tab");
    expect(memberView(driver.user()).message).toBeNull();
    expect(adminView(driver.user()).message).toEqual(LUNCH);
  });

  test.each(["🍕", "👩🏽‍❤️‍💋‍👨🏿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇫🇷", "1️⃣", "☕", "❤️", "🧑‍💻"])("[ST4] %s is one emoji", (text) => {
    expect(isEmoji(text)).toBe(true);
  });

  test.each([
    "",
    "a",
    "🍕🍕",
    "🍕!",
    "é",
    "12",
    "🇫",
    "🍕\u0301".repeat(9),
    "🍕" + "\u0301".repeat(50),
    "\u200d",
  ])("[ST4] %j is not", (text) => {
    expect(isEmoji(text)).toBe(false);
  });

  test("[ST4] is trimmed, and is null without emoji and text", () => {
    expect(readStatusMessage({ emoji: null, text: "  In a meeting ", untilAt: null })?.text).toBe(
      "In a meeting",
    );
    expect(readStatusMessage({ emoji: null, text: "  ", untilAt: 5 })).toBeNull();
    expect(readStatusMessage({ emoji: "🌴", text: "", untilAt: null })).not.toBeNull();
    expect(() => readStatusMessage({ emoji: "no", text: "", untilAt: null })).toThrow(/one emoji/);
  });

  const decode = (message: unknown) =>
    decodeClientMessage(JSON.stringify({ type: "choose", request: 1, message }));

  test("[SE3 SE4] is refused if it is not valid, and with a separate error if it is too long", () => {
    expect(decode({ text: "x".repeat(80) })).toMatchObject({ ok: true });
    expect(decode({ text: "x".repeat(81) })).toMatchObject({
      ok: false,
      code: "statusTooLong",
      detail: "a status message may have 80 characters",
    });
    for (const message of [
      "Lunch",
      {},
      { text: "half \ud83c" },
      { text: "", emoji: "\ud83c" },
      { text: "", emoji: "pizza" },
      { text: "", untilAt: -1 },
      { text: "", untilAt: 1e300 },
      { text: 5 },
    ])
      expect(decode(message)).toMatchObject({ ok: false, code: "malformed" });
  });
});

describe("being invisible", () => {
  test("[PR2] looks like leaving at that instant, whatever happens later", () => {
    const driver = new Driver();
    driver.connect("tab", { profile: { name: "Ada" } });
    driver.choose("tab", { message: LUNCH });
    driver.pass(5_000);
    driver.choose("tab", { availability: "invisible" });
    const left = memberView(driver.user());
    expect(left).toMatchObject({
      status: "offline",
      sinceAt: driver.now,
      lastSeenAt: driver.now,
      message: null,
    });
    driver.pass(4_000);
    driver.hear("tab");
    driver.connect("second", { profile: { name: "Ada Lovelace", picture: "https://example.com/a.png" } });
    driver.choose("second", { message: { ...LUNCH, text: "Hidden" }, hideLastSeen: true });
    driver.hibernate();
    driver.leave("tab");
    driver.crash(1_000);
    driver.connect("third");
    driver.signOut("third");
    expect(memberView(driver.user())).toEqual(left);
  });

  test("[PR1 PR2] shows admins the true status and the choice", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.choose("tab", { availability: "invisible" });
    expect(adminView(driver.user())).toMatchObject({
      status: "online",
      lastSeenAt: null,
      availability: "invisible",
      choseAt: driver.now,
      reason: { kind: "active", connectionId: "tab" },
    });
  });

  test("[PR2] ends as if the user had come at that instant", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.choose("tab", { availability: "invisible" });
    driver.pass(5_000);
    driver.choose("tab", { availability: "auto" });
    expect(memberView(driver.user())).toMatchObject({
      status: "online",
      sinceAt: driver.now,
      lastSeenAt: null,
    });
    expect(adminView(driver.user()).sinceAt).toBe(driver.now - 5_000);
  });

  test("[PR2] a ping of an invisible user or an observer does not include visible users", () => {
    const driver = new Driver();
    const { intervalMs } = DEFAULT_TIMINGS;
    driver.connect("hidden");
    driver.connect("dashboard", { userId: "eve", observer: true });
    driver.choose("hidden", { availability: "invisible" });
    driver.pass(intervalMs / 20);
    driver.connect("ben's", { userId: "ben" });
    const pinged = driver
      .pass(intervalMs)
      .map(({ at, changes }) => [at - driver.now, changes.pings.toSorted()]);
    expect(pinged).toEqual([
      [-intervalMs / 20, ["dashboard", "hidden"]],
      [0, ["ben's"]],
    ]);
  });
});

describe("hiding last seen", () => {
  test("[PR3] members get neither last seen nor the start of an offline status", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.choose("tab", { hideLastSeen: true });
    expect(memberView(driver.user())).toMatchObject({ status: "online", sinceAt: driver.now });
    driver.pass(1_000);
    driver.signOut("tab");
    expect(memberView(driver.user())).toMatchObject({ status: "offline", sinceAt: null, lastSeenAt: null });
    expect(adminView(driver.user())).toMatchObject({ lastSeenAt: driver.now, hideLastSeen: true });
  });

  test("[PR3] a user who hides it gets nobody else's", () => {
    const driver = new Driver();
    driver.connect("tab");
    expect(privateView(driver.user())).toEqual(memberView(driver.user()));
    driver.signOut("tab");
    expect(privateView(driver.user())).toEqual({
      ...memberView(driver.user()),
      sinceAt: null,
      lastSeenAt: null,
    });
  });
});

test("[SY3] a row of a user with default choices has no field for them", () => {
  const driver = new Driver();
  driver.connect("tab");
  expect(toRow(memberView(driver.user()), driver.now)).toEqual(["ada", "ada", 2, 0]);
  driver.choose("tab", { availability: "dnd", message: LUNCH });
  const row = toRow(memberView(driver.user()), driver.now);
  expect(row).toEqual(["ada", "ada", 2, 0, null, null, null, null, { message: LUNCH, dnd: true }]);
  driver.choose("tab", { availability: "auto", message: null });
  expect(toRow(memberView(driver.user()), driver.now)).toEqual(["ada", "ada", 2, 0]);
});
