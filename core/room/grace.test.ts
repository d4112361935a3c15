import { describe, expect, test } from "vitest";
import { CLOSE } from "../shared/close-codes";
import { lastSeenAt } from "./status";
import { Driver, START_AT } from "../testing/driver";
import { DEFAULT_TIMINGS } from "../shared/timings";
import { memberView } from "./visibility";

const { graceMs, reloadGraceMs, restartGraceMs, intervalMs, retryMs } = DEFAULT_TIMINGS;
const IDLE = { idleMs: 600_000, hiddenMs: null };

describe("grace", () => {
  test("[GR1] a drop without a word changes nothing for graceMs, then the user is offline as last seen", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(4_000);
    driver.close("tab");
    const seen = memberView(driver.user());
    driver.pass(graceMs - 1);
    expect(memberView(driver.user())).toEqual(seen);
    driver.pass(1);
    expect(memberView(driver.user())).toMatchObject({
      status: "offline",
      sinceAt: driver.now,
      lastSeenAt: START_AT,
    });
  });

  test("[GR1] a page that said it was closing is waited for only reloadGraceMs, and its word was heard", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(4_000);
    expect(driver.leave("tab").closes).toEqual([{ connectionId: "tab", code: CLOSE.left }]);
    driver.close("tab");
    driver.pass(reloadGraceMs - 1);
    expect(driver.user().status).toBe("online");
    driver.pass(1);
    expect(memberView(driver.user())).toMatchObject({ status: "offline", lastSeenAt: START_AT + 4_000 });
  });

  test("[GR1] a reload shows nobody a flicker, whether the new page has the old one's id or not", () => {
    for (const clientId of ["page", "another page"]) {
      const driver = new Driver();
      driver.connect("before", { clientId: "page" });
      const seen = memberView(driver.user());
      driver.leave("before");
      driver.pass(1_500);
      driver.connect("after", { clientId });
      driver.passAnswering(60_000, ["after"]);
      expect(memberView(driver.user())).toEqual(seen);
    }
  });

  test("[GR1] the grace of an away user is away, and of an active tab online beside an idle one", () => {
    const driver = new Driver();
    driver.connect("idle tab", { activity: IDLE });
    driver.connect("tab");
    driver.close("tab");
    expect(driver.user().status).toBe("online");
    driver.passAnswering(graceMs, ["idle tab"], () => IDLE);
    expect(driver.user()).toMatchObject({ status: "away", sinceAt: START_AT + graceMs });
    driver.close("idle tab");
    expect(driver.user().status).toBe("away");
  });

  test("[GR1] a connection found dead has had its grace already", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(intervalMs + 3 * retryMs);
    expect(driver.user()).toMatchObject({ status: "offline", graces: [] });
  });

  test("[GR2] signing out is immediate, on every tab of the sign-in and on those in grace", () => {
    const driver = new Driver();
    for (const id of ["one", "two", "three"]) driver.connect(id, { sessionId: "sign-in" });
    driver.close("three");
    const { closes } = driver.signOut("one");
    expect(closes).toEqual(["one", "two"].map((connectionId) => ({ connectionId, code: CLOSE.signedOut })));
    expect(driver.user()).toMatchObject({ status: "offline", sinceAt: START_AT, graces: [] });
  });

  test("[GR2] signing out on one device leaves the sign-in of another", () => {
    const driver = new Driver();
    driver.connect("laptop", { sessionId: "laptop's" });
    driver.connect("phone", { sessionId: "phone's" });
    driver.signOut("laptop");
    expect([...driver.user().connections.keys()]).toEqual(["phone"]);
    expect(driver.user().status).toBe("online");
  });

  test("[GR2] tokens without a sign-in are one sign-in", () => {
    const driver = new Driver();
    driver.connect("one");
    driver.connect("two");
    driver.signOut("one");
    expect(driver.user().status).toBe("offline");
    // Nothing tells a new sign-in from the old, so nobody is refused.
    driver.connect("three");
    expect(driver.user().status).toBe("online");
  });

  test("[GR2] signing out closes the same sign-in's dashboards, and a dashboard's sign-out its tabs", () => {
    for (const from of ["tab", "dashboard"]) {
      const driver = new Driver();
      driver.connect("tab", { sessionId: "sign-in" });
      driver.connect("dashboard", { sessionId: "sign-in", observer: true });
      driver.connect("bob's", { userId: "bob", sessionId: "sign-in" });
      driver.signOut(from);
      expect([...driver.room.connections.keys()]).toEqual(["bob's"]);
      expect(driver.user().status).toBe("offline");
    }
  });

  test("[GR2] a token that outlived its sign-in brings nobody back, as a user or as an observer", () => {
    const driver = new Driver();
    driver.connect("tab", { sessionId: "sign-in" });
    driver.signOut("tab");
    driver.pass(60_000);
    for (const observer of [false, true]) {
      const { closes, users } = driver.connect("replay", { sessionId: "sign-in", observer });
      expect(closes).toEqual([{ connectionId: "replay", code: CLOSE.signedOut }]);
      expect(users.size).toBe(0);
    }
    expect(driver.user().status).toBe("offline");
    expect(driver.room.connections.size).toBe(0);
  });

  test("[GR2] a new sign-in of the same user is welcome, and old ones are forgotten when their tokens have expired", () => {
    const driver = new Driver();
    driver.connect("tab", { sessionId: "sign-in" });
    driver.signOut("tab", 60_000);
    driver.connect("again", { sessionId: "new sign-in" });
    expect(driver.user().status).toBe("online");
    expect(driver.user().signedOut.size).toBe(1);
    driver.passAnswering(70_000, ["again"]);
    expect(driver.user().signedOut.size).toBe(0);
  });

  test("[GR3] who returns within restartGraceMs of a restart has not flickered", () => {
    const driver = new Driver();
    driver.connect("tab", { clientId: "page" });
    driver.passAnswering(60_000, ["tab"]);
    const seen = memberView(driver.user());
    driver.crash(5_000);
    expect(memberView(driver.user())).toEqual(seen);
    driver.pass(restartGraceMs - 1);
    expect(memberView(driver.user())).toEqual(seen);
    driver.connect("tab again", { clientId: "page" });
    driver.passAnswering(60_000, ["tab again"]);
    expect(memberView(driver.user())).toEqual(seen);
  });

  test("[GR3] who does not return is offline, last seen at the last proof of life and not at the restart", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.passAnswering(60_000, ["tab"]);
    const provenAt = driver.proof?.heardAt;
    driver.crash(3_600_000);
    driver.pass(restartGraceMs);
    expect(memberView(driver.user())).toMatchObject({
      status: "offline",
      sinceAt: driver.now,
      lastSeenAt: provenAt,
    });
    expect(driver.user().reason).toEqual({ kind: "restart", lastProofAt: provenAt });
  });

  test("[GR3] who was away comes back as away, and who was offline stays offline", () => {
    const driver = new Driver();
    driver.connect("tab", { activity: IDLE });
    driver.connect("gone", { userId: "bob" });
    driver.leave("gone");
    driver.pass(reloadGraceMs);
    const bob = memberView(driver.user("bob"));
    driver.crash(1_000);
    expect(driver.user("ada").status).toBe("away");
    expect(memberView(driver.user("bob"))).toEqual(bob);
  });

  test("[GR3] a grace that a restart cut short lasts until the restart's is over: nobody can return to a server that is down", () => {
    const driver = new Driver();
    driver.connect("tab", { clientId: "page" });
    driver.pass(1_000);
    // A deploy: the sockets are seen closing, then the server is gone for longer than the grace.
    driver.close("tab");
    const seen = memberView(driver.user());
    driver.crash(graceMs + 5_000);
    driver.pass(1_000);
    expect(memberView(driver.user())).toEqual(seen);
    driver.connect("tab again", { clientId: "page" });
    expect(memberView(driver.user())).toEqual(seen);
  });

  test("[GR3] such a grace does end, with the user last seen when they were", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(1_000);
    driver.close("tab");
    driver.crash(graceMs);
    driver.pass(restartGraceMs);
    expect(driver.user().status).toBe("offline");
    expect(lastSeenAt(driver.user())).toBe(START_AT);
  });

  test("[GR3] hibernation is no restart: graces end when they would have", () => {
    const driver = new Driver();
    driver.pass(1);
    driver.connect("tab");
    driver.close("tab");
    driver.hibernate();
    driver.pass(graceMs - 1);
    expect(driver.user().status).toBe("online");
    driver.hibernate();
    driver.pass(1);
    expect(driver.user().status).toBe("offline");
  });

  test("[GR3] signing out after a restart does not wait for what the restart has forgotten", () => {
    const driver = new Driver();
    driver.connect("tab", { sessionId: "sign-in" });
    driver.crash(1_000);
    driver.connect("tab again", { sessionId: "sign-in" });
    driver.signOut("tab again");
    expect(driver.user().status).toBe("offline");
  });
});
