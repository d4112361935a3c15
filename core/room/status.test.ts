import { describe, expect, test } from "vitest";
import { derive, lastActiveAt, lastSeenAt } from "./status";
import type { Activity } from "../shared/terms";
import { Driver, START_AT, TYPING } from "../testing/driver";
import { DEFAULT_TIMINGS } from "../shared/timings";

const MINUTE = 60_000;
const idleFor = (idleMs: number): Activity => ({ idleMs, hiddenMs: null });
const hiddenFor = (hiddenMs: number): Activity => ({ idleMs: 0, hiddenMs });

describe("status", () => {
  test("[ST1] a user with one active connection among idle ones is online", () => {
    const driver = new Driver();
    driver.connect("phone", { activity: idleFor(6 * MINUTE) });
    expect(driver.user().status).toBe("away");
    driver.connect("laptop");
    expect(driver.user().status).toBe("online");
  });

  test("[ST1] a user whose connections are all idle is away, and offline when none is left after grace", () => {
    const driver = new Driver();
    driver.connect("phone", { activity: idleFor(6 * MINUTE) });
    driver.connect("laptop", { activity: idleFor(7 * MINUTE) });
    expect(driver.user().status).toBe("away");
    driver.close("phone");
    driver.close("laptop");
    expect(driver.user().status).toBe("away");
    driver.pass(DEFAULT_TIMINGS.graceMs);
    expect(driver.user().status).toBe("offline");
  });

  test("[ST2] a connection is idle exactly idleAfterMs after its last input, with or without reports", () => {
    const driver = new Driver();
    driver.connect("tab");
    const untouched = (now: number) => idleFor(now - START_AT);
    driver.passAnswering(DEFAULT_TIMINGS.idleAfterMs - 1, ["tab"], untouched);
    expect(driver.user().status).toBe("online");
    driver.passAnswering(1, ["tab"], untouched);
    expect(driver.user()).toMatchObject({ status: "away", sinceAt: START_AT + DEFAULT_TIMINGS.idleAfterMs });
  });

  test("[ST2] a connection is idle hiddenAwayAfterMs after its page was hidden, whatever its input", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.hear("tab", hiddenFor(0));
    const hidden = (now: number) => ({ idleMs: 0, hiddenMs: now - START_AT });
    driver.passAnswering(DEFAULT_TIMINGS.hiddenAwayAfterMs - 1, ["tab"], hidden);
    expect(driver.user().status).toBe("online");
    driver.passAnswering(1, ["tab"], hidden);
    expect(driver.user().status).toBe("away");
  });

  test("[ST2] input that resumes, or a page that is shown again, makes a user online at once", () => {
    const driver = new Driver();
    driver.connect("tab", { activity: idleFor(10 * MINUTE) });
    expect(driver.hear("tab", TYPING).users).toContain("ada");
    expect(driver.user().status).toBe("online");
    driver.hear("tab", hiddenFor(3 * MINUTE));
    expect(driver.user().status).toBe("away");
    driver.hear("tab", TYPING);
    expect(driver.user().status).toBe("online");
  });

  test("[ST2] a report of older input changes nothing", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.hear("tab", idleFor(10 * MINUTE));
    expect(driver.user().status).toBe("online");
    expect(lastActiveAt(driver.user())).toBe(START_AT);
  });

  test("[ST2] a background tab with throttled timers keeps the status of its input", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.hear("tab", { idleMs: 0, hiddenMs: 0 });
    // Its pongs come at the last moment and report no input.
    for (let minute = 0; minute < 2; minute += 1) {
      driver.pass(18_000);
      driver.pong("tab", { idleMs: driver.now - START_AT, hiddenMs: driver.now - START_AT });
      expect(driver.user().status).toBe("online");
    }
  });

  test("[ST6] since is when the status began and does not move while it lasts", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.passAnswering(MINUTE, ["tab"]);
    driver.connect("other");
    expect(driver.user().sinceAt).toBe(START_AT);
  });

  test("[ST6] last seen is when the server last heard anything, not when it noticed the silence", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(5_000);
    driver.hear("tab");
    const heardAt = driver.now;
    driver.pass(MINUTE);
    expect(driver.user().status).toBe("offline");
    expect(lastSeenAt(driver.user())).toBe(heardAt);
  });

  test("[ST6] a closing socket proves nothing: last seen is the last message before it", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(9_000);
    driver.close("tab");
    driver.pass(MINUTE);
    expect(lastSeenAt(driver.user())).toBe(START_AT);
  });

  test("[ST6] last active is the latest input on any connection, and outlives it", () => {
    const driver = new Driver();
    driver.connect("phone", { activity: idleFor(3 * MINUTE) });
    driver.connect("laptop", { activity: idleFor(MINUTE) });
    expect(lastActiveAt(driver.user())).toBe(START_AT - MINUTE);
    driver.leave("laptop");
    expect(lastActiveAt(driver.user())).toBe(START_AT - MINUTE);
  });
});

describe("reasons", () => {
  test("[ST5] the reason for online names the active connection", () => {
    const driver = new Driver();
    driver.connect("phone", { activity: idleFor(6 * MINUTE) });
    driver.connect("laptop");
    expect(driver.user().reason).toEqual({ kind: "active", connectionId: "laptop" });
  });

  test("[ST5] when the named connection becomes idle, the reason names another active one", () => {
    const driver = new Driver();
    driver.connect("phone", { activity: idleFor(4 * MINUTE) });
    driver.connect("laptop");
    expect(driver.user().reason).toMatchObject({ connectionId: "phone" });
    driver.passAnswering(MINUTE, ["phone", "laptop"], (now) => idleFor(now - START_AT + 4 * MINUTE));
    expect(driver.user().reason).toMatchObject({ kind: "active", connectionId: "laptop" });
  });

  test("[ST5] the reason for away counts the idle and the hidden connections, as they change", () => {
    const driver = new Driver();
    driver.connect("phone", { activity: hiddenFor(3 * MINUTE) });
    driver.connect("laptop", { activity: idleFor(6 * MINUTE) });
    expect(driver.user().reason).toEqual({ kind: "idle", connections: 2, hidden: 1 });
    driver.hear("laptop", { idleMs: 6 * MINUTE, hiddenMs: 0 });
    expect(driver.user().reason).toEqual({ kind: "idle", connections: 2, hidden: 2 });
  });

  test("[ST5] the reason of three missed heartbeats has the instant when the connection was last heard", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(MINUTE);
    expect(driver.user().reason).toEqual({
      kind: "missed",
      connectionId: "tab",
      misses: 3,
      lastHeardAt: START_AT,
    });
  });

  test("[ST5] a drop and a closed page have different reasons, during the grace and after it", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.connect("page", { userId: "bob" });
    driver.close("tab");
    driver.leave("page");
    const { graceMs, reloadGraceMs } = DEFAULT_TIMINGS;
    expect(driver.user("ada").reason).toEqual({
      kind: "grace",
      cause: "dropped",
      fromAt: START_AT,
      untilAt: START_AT + graceMs,
    });
    expect(driver.user("bob").reason).toEqual({
      kind: "grace",
      cause: "closed",
      fromAt: START_AT,
      untilAt: START_AT + reloadGraceMs,
    });
    driver.pass(graceMs);
    expect(driver.user("ada").reason).toEqual({ kind: "dropped", connectionId: "tab", fromAt: START_AT });
    expect(driver.user("bob").reason).toEqual({ kind: "closed", connectionId: "page", fromAt: START_AT });
  });

  test("[ST5] signing out is a reason of its own", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.signOut("tab");
    expect(driver.user()).toMatchObject({
      status: "offline",
      reason: { kind: "signedOut", connectionId: "tab" },
    });
  });

  test("[ST5] an offline user who signs out as an observer keeps the reason", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.close("tab");
    driver.pass(DEFAULT_TIMINGS.graceMs);
    driver.connect("dashboard", { observer: true });
    driver.signOut("dashboard");
    expect(driver.user().reason).toMatchObject({ kind: "dropped" });
  });

  test("[ST5] the status is always the one derived from the evidence", () => {
    const driver = new Driver();
    driver.connect("tab");
    const { status, reason } = driver.user();
    expect(derive(driver.user())).toEqual({ status, reason });
  });
});
