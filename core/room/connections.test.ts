import { describe, expect, test } from "vitest";
import { CLOSE } from "../shared/close-codes";
import { TYPING, Driver, START_AT } from "../testing/driver";
import { DEFAULT_TIMINGS } from "../shared/timings";
import { memberView } from "./visibility";

const IDLE = { idleMs: 600_000, hiddenMs: null };

describe("connections", () => {
  test("[CN1] closing one tab of two changes nothing that others see", () => {
    const driver = new Driver();
    driver.connect("one");
    driver.connect("two");
    const seen = memberView(driver.user());
    driver.leave("one");
    driver.passAnswering(60_000, ["two"]);
    expect(memberView(driver.user())).toEqual(seen);
    expect([...driver.user().connections.keys()]).toEqual(["two"]);
  });

  test("[CN1] a connection that closes twice, or fails and then closes, counts once", () => {
    const driver = new Driver();
    driver.connect("one");
    driver.connect("two");
    driver.close("one");
    expect(driver.close("one").users.size).toBe(0);
    expect([...driver.user().connections.keys()]).toEqual(["two"]);
  });

  test("[CN2] a returning client replaces its earlier connection at once, whether that one seems alive or not", () => {
    const driver = new Driver();
    driver.connect("old", { clientId: "page" });
    const { closes } = driver.connect("new", { clientId: "page" });
    expect(closes).toEqual([{ connectionId: "old", code: CLOSE.replaced }]);
    expect([...driver.room.connections.keys()]).toEqual(["new"]);
  });

  test("[CN2] later messages and the late close of a replaced connection have no effect", () => {
    const driver = new Driver();
    driver.connect("old", { clientId: "page" });
    driver.connect("new", { clientId: "page" });
    const seen = memberView(driver.user());
    driver.hear("old", IDLE);
    driver.leave("old");
    driver.signOut("old");
    driver.close("old");
    expect(memberView(driver.user())).toEqual(seen);
    expect([...driver.user().connections.keys()]).toEqual(["new"]);
  });

  test("[CN2] a replaced connection with a ping out no longer counts as awaited", () => {
    const driver = new Driver();
    driver.connect("old", { clientId: "page" });
    driver.pass(DEFAULT_TIMINGS.intervalMs);
    expect(driver.room.awaited).toBe(1);
    driver.connect("new", { clientId: "page" });
    expect(driver.room.awaited).toBe(0);
  });

  test("[CN2] a returning client ends its own grace", () => {
    const driver = new Driver();
    driver.connect("old", { clientId: "page" });
    driver.close("old");
    driver.connect("new", { clientId: "page", activity: IDLE });
    expect(driver.user().graces).toEqual([]);
    expect(driver.user().status).toBe("away");
  });

  test("[CN2] equal client ids of different users are independent", () => {
    const driver = new Driver();
    driver.connect("hers", { clientId: "page" });
    expect(driver.connect("his", { clientId: "page", userId: "bob" }).closes).toEqual([]);
    expect(driver.room.connections.size).toBe(2);
  });

  test("[CN3] a page that remounts has one connection: each new one replaces the last", () => {
    const driver = new Driver();
    for (let mount = 1; mount <= 20; mount += 1) driver.connect(`mount ${mount}`, { clientId: "page" });
    expect([...driver.room.connections.keys()]).toEqual(["mount 20"]);
    expect(driver.user()).toMatchObject({ status: "online", sinceAt: START_AT });
  });

  test("[CN4] a pong that answers the latest ping measures the round trip", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(DEFAULT_TIMINGS.intervalMs);
    driver.now += 42;
    driver.pong("tab");
    expect(driver.connection("tab").rttMs).toBe(42);
  });

  test("[CN4] an answer to a ping that was never sent measures nothing", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.happen({ type: "heard", connectionId: "tab", activity: TYPING, pingAt: 0 });
    driver.happen({ type: "heard", connectionId: "tab", activity: TYPING, pingAt: START_AT - 5 });
    expect(driver.connection("tab").rttMs).toBeNull();
  });

  test("an observer is nobody's presence, and only its own return replaces it", () => {
    const driver = new Driver();
    driver.connect("dashboard", { observer: true, clientId: "page" });
    expect(driver.room.users.size).toBe(0);
    expect(driver.connect("tab", { clientId: "page" }).closes).toEqual([]);
    expect(driver.connect("dashboard again", { observer: true, clientId: "page" }).closes).toEqual([
      { connectionId: "dashboard", code: CLOSE.replaced },
    ]);
    driver.leave("tab");
    driver.pass(DEFAULT_TIMINGS.reloadGraceMs);
    expect(driver.user().status).toBe("offline");
  });

  test("[SE2] a user whose id is __proto__ is a user like any other", () => {
    const driver = new Driver();
    driver.connect("tab", { userId: "__proto__" });
    expect(driver.user("__proto__").status).toBe("online");
    expect(driver.room.users.size).toBe(1);
  });
});
