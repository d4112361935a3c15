import { describe, expect, test } from "vitest";
import { CLOSE } from "../shared/close-codes";
import { connectionDeadline, nextDeadline } from "./deadlines";
import { suspectAt } from "./status";
import { Driver, START_AT, TYPING } from "../testing/driver";
import { deadAfterMs, DEFAULT_TIMINGS } from "../shared/timings";
import { adminView, memberView } from "./visibility";

const { intervalMs, retryMs, misses } = DEFAULT_TIMINGS;

function pingsOf(sweeps: ReturnType<Driver["pass"]>, id: string): number[] {
  return sweeps.filter(({ changes }) => changes.pings.includes(id)).map(({ at }) => at - START_AT);
}

describe("heartbeats", () => {
  test("[HB1] a connection is pinged when it has not been heard for intervalMs, and not before", () => {
    const driver = new Driver();
    driver.connect("tab");
    expect(pingsOf(driver.pass(intervalMs - 1), "tab")).toEqual([]);
    expect(pingsOf(driver.pass(1), "tab")).toEqual([intervalMs]);
  });

  test("[HB1] anything that a client sends counts as hearing it", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(6_000);
    driver.hear("tab");
    expect(pingsOf(driver.pass(intervalMs), "tab")).toEqual([6_000 + intervalMs]);
  });

  test("[HB2] an unanswered ping is repeated after retryMs", () => {
    const driver = new Driver();
    driver.connect("tab");
    expect(pingsOf(driver.pass(60_000), "tab")).toEqual([10_000, 13_000, 16_000]);
  });

  test("[HB2] a connection that misses three pings is dead 19 s after it was last heard", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(18_999);
    expect(driver.user().status).toBe("online");
    const [death] = driver.pass(1);
    expect(death?.changes.closes).toEqual([{ connectionId: "tab", code: CLOSE.heartbeatMissed }]);
    expect(death?.changes.deaths).toEqual([{ connectionId: "tab", silentMs: 19_000 }]);
    expect(driver.user().status).toBe("offline");
    expect(deadAfterMs(DEFAULT_TIMINGS)).toBe(19_000);
  });

  test.each([
    ["just before its ping", intervalMs, misses * retryMs],
    ["half-way between two heartbeats", intervalMs / 2, intervalMs / 2 + misses * retryMs],
    ["just after it was heard", 0, deadAfterMs(DEFAULT_TIMINGS)],
  ])(
    "[GR1] [HB2] a silent cut %s is bridged until the server notices it; after an earlier return nobody sees a change",
    (_, sinceHeardMs, bridgedMs) => {
      for (const awayMs of [bridgedMs - 1, bridgedMs]) {
        const driver = new Driver();
        driver.connect("tab", { clientId: "page" });
        driver.pass(sinceHeardMs);
        const transitions = driver.pass(awayMs).flatMap(({ changes }) => changes.transitions);
        transitions.push(...driver.connect("tab again", { clientId: "page" }).transitions);
        const seen = transitions.map(({ status }) => status);
        expect(seen).toEqual(awayMs < bridgedMs ? [] : ["offline", "online"]);
      }
    },
  );

  test.each([
    ["it returns in time", DEFAULT_TIMINGS.graceMs, 1],
    ["it returns later, since its network was cut", DEFAULT_TIMINGS.graceMs + 1, 0],
  ])(
    "[HB9] a page that was silent is a false offline only if it returns within graceMs: %s",
    (_, afterMs, counted) => {
      const driver = new Driver();
      driver.connect("tab", { clientId: "page" });
      driver.pass(deadAfterMs(DEFAULT_TIMINGS));
      expect(driver.user().status).toBe("offline");
      driver.pass(afterMs);
      const back = driver.connect("tab again", { clientId: "page" });
      expect(back.falseOfflines).toHaveLength(counted);
    },
  );

  test("[HB2] the user of a dead connection keeps their live connections", () => {
    const driver = new Driver();
    driver.connect("frozen");
    driver.connect("alive");
    driver.passAnswering(60_000, ["alive"]);
    expect([...driver.user().connections.keys()]).toEqual(["alive"]);
    expect(driver.user()).toMatchObject({ status: "online", sinceAt: START_AT });
  });

  test("[HB2] one answer, however late, restarts the count", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(18_999);
    driver.pong("tab");
    expect(driver.room.awaited).toBe(0);
    driver.pass(deadAfterMs(DEFAULT_TIMINGS) - 1);
    expect(driver.user().status).toBe("online");
    driver.pass(1);
    expect(driver.user().status).toBe("offline");
  });

  test("[HB2] with misses of 1 the first unanswered ping is the last", () => {
    const driver = new Driver({ ...DEFAULT_TIMINGS, misses: 1 });
    driver.connect("tab");
    driver.pass(intervalMs + retryMs - 1);
    expect(driver.user().status).toBe("online");
    driver.pass(1);
    expect(driver.user().status).toBe("offline");
  });

  test("[HB2] a server that was asleep pings once more before it declares anybody dead", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(16_000);
    driver.now += 60_000;
    const { pings, deaths } = driver.sweep();
    expect([pings, deaths]).toEqual([["tab"], []]);
    expect(driver.user().status).toBe("online");
    driver.pass(retryMs);
    expect(driver.user().status).toBe("offline");
  });

  test("[HB2] an idle connection does not make an on-time sweep look late after hibernation", () => {
    const driver = new Driver();
    driver.connect("idle", { userId: "bob" });
    driver.passAnswering(DEFAULT_TIMINGS.idleAfterMs + 60_000, ["idle"], (now) => ({
      idleMs: now - START_AT,
      hiddenMs: null,
    }));
    driver.connect("tab");
    const silentSinceAt = driver.now;
    // The room hibernates between any two alarms, so each sweep runs in a room that has just woken.
    while (driver.user().status !== "offline") {
      driver.hibernate();
      driver.now = nextDeadline(driver.room) ?? driver.now;
      for (const id of driver.sweep().pings) {
        if (id === "idle") driver.pong("idle", { idleMs: driver.now - START_AT, hiddenMs: null });
      }
    }
    expect(driver.now - silentSinceAt).toBeLessThanOrEqual(deadAfterMs(DEFAULT_TIMINGS));
  });

  test("[HB3] after the first unanswered ping admins see since when the connection is suspect, and members see nothing", () => {
    const driver = new Driver();
    driver.connect("tab");
    const seen = memberView(driver.user());
    driver.pass(intervalMs);
    expect(suspectAt(driver.connection("tab"))).toBeNull();
    const [second] = driver.pass(retryMs);
    expect(second?.changes.users).toContain("ada");
    expect(adminView(driver.user()).connections).toMatchObject([
      { id: "tab", suspectAt: START_AT + intervalMs },
    ]);
    expect(memberView(driver.user())).toEqual(seen);
  });

  test("[HB3] a connection that answers is no longer suspect, and admins are told", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(intervalMs + retryMs);
    expect(driver.pong("tab").users).toContain("ada");
    expect(adminView(driver.user()).connections).toMatchObject([{ suspectAt: null }]);
  });

  test("[HB4] an empty room has no deadline, and neither has a room whose graces have ended", () => {
    const driver = new Driver();
    expect(nextDeadline(driver.room)).toBeNull();
    driver.connect("tab");
    driver.connect("dashboard", { observer: true });
    driver.leave("tab");
    driver.leave("dashboard");
    expect(nextDeadline(driver.room)).toBe(START_AT + DEFAULT_TIMINGS.reloadGraceMs);
    driver.pass(DEFAULT_TIMINGS.reloadGraceMs);
    expect(nextDeadline(driver.room)).toBeNull();
  });

  test("[HB4] one sweep serves connections whose pings are due at about the same time", () => {
    const driver = new Driver();
    for (let index = 0; index < 10; index += 1) {
      driver.connect(`tab ${index}`);
      driver.now += 100;
    }
    driver.now = START_AT + intervalMs;
    expect(driver.sweep().pings).toHaveLength(10);
  });

  test("[HB4] after a sweep every deadline is in the future", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.connect("other", { userId: "bob", activity: { idleMs: 299_000, hiddenMs: 119_500 } });
    driver.close("other");
    for (let round = 0; round < 20; round += 1) {
      driver.now += 700;
      driver.sweep();
      expect(nextDeadline(driver.room) ?? Infinity).toBeGreaterThan(driver.now);
    }
  });

  test("[HB4] a connection's own deadline is never later than the room's", () => {
    const driver = new Driver();
    driver.connect("tab", { activity: { idleMs: 295_000, hiddenMs: null } });
    expect(connectionDeadline(driver.connection("tab"), DEFAULT_TIMINGS)).toBe(START_AT + 5_000);
    expect(nextDeadline(driver.room)).toBe(START_AT + 5_000);
  });

  test("[HB5] hibernation at any moment does not delay the detection of a death", () => {
    for (let asleepAt = 0; asleepAt < deadAfterMs(DEFAULT_TIMINGS); asleepAt += 500) {
      const driver = new Driver();
      driver.connect("tab");
      driver.pass(asleepAt);
      driver.hibernate();
      driver.pass(deadAfterMs(DEFAULT_TIMINGS) - asleepAt);
      expect(driver.user()).toMatchObject({ status: "offline", reason: { kind: "missed", misses } });
    }
  });

  test("[SY3] a heartbeat without news touches no user", () => {
    const driver = new Driver();
    driver.connect("tab");
    const [ping] = driver.pass(intervalMs);
    expect(ping?.changes.users.size).toBe(0);
    expect(driver.pong("tab", TYPING).users.size).toBe(0);
  });
});
