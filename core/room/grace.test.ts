import { describe, expect, test } from "vitest";
import { CLOSE } from "../shared/close-codes";
import { lastSeenAt } from "./status";
import { proofOfLife } from "./records";
import { Driver, START_AT } from "../testing/driver";
import { DEFAULT_TIMINGS } from "../shared/timings";
import { memberView } from "./visibility";

const { graceMs, reloadGraceMs, restartGraceMs, intervalMs, retryMs } = DEFAULT_TIMINGS;
const IDLE = { idleMs: 600_000, hiddenMs: null };

describe("grace", () => {
  test("[GR1] a silent drop changes nothing for graceMs, then the user is offline with the correct last seen", () => {
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

  test("[GR1] a page that said it was closing has only reloadGraceMs, and its message counts as heard", () => {
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

  test("[GR1] the grace of an idle tab shows away, and the grace of an active tab shows online", () => {
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

  test("[GR1] a connection found dead gets no grace", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(intervalMs + 3 * retryMs);
    expect(driver.user()).toMatchObject({ status: "offline", graces: [] });
  });

  test("[GR2] signing out is immediate, for every tab of the sign-in and its graces", () => {
    const driver = new Driver();
    for (const id of ["one", "two", "three"]) driver.connect(id, { sessionId: "sign-in" });
    driver.close("three");
    const { closes } = driver.signOut("one");
    expect(closes).toEqual(["one", "two"].map((connectionId) => ({ connectionId, code: CLOSE.signedOut })));
    expect(driver.user()).toMatchObject({ status: "offline", sinceAt: START_AT, graces: [] });
  });

  test("[GR2] signing out on one device leaves other sign-ins as they are", () => {
    const driver = new Driver();
    driver.connect("laptop", { sessionId: "laptop's" });
    driver.connect("phone", { sessionId: "phone's" });
    driver.signOut("laptop");
    expect([...driver.user().connections.keys()]).toEqual(["phone"]);
    expect(driver.user().status).toBe("online");
  });

  test("[GR2] all tokens without a sid are one sign-in", () => {
    const driver = new Driver();
    driver.connect("one");
    driver.connect("two");
    driver.signOut("one");
    expect(driver.user().status).toBe("offline");
    // A new sign-in cannot be told from the old one, so nobody is refused.
    driver.connect("three");
    expect(driver.user().status).toBe("online");
  });

  test("[GR2] signing out closes the dashboards of the same sign-in, and signing out on a dashboard closes its tabs", () => {
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

  test("[GR2] a token of an ended sign-in cannot connect, as a user or as an observer", () => {
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

  test("[GR2] a new sign-in of the same user can connect, and ended ones are forgotten when their tokens have expired", () => {
    const driver = new Driver();
    driver.connect("tab", { sessionId: "sign-in" });
    driver.signOut("tab", 60_000);
    driver.connect("again", { sessionId: "new sign-in" });
    expect(driver.user().status).toBe("online");
    expect(driver.user().signedOut.size).toBe(1);
    driver.passAnswering(70_000, ["again"]);
    expect(driver.user().signedOut.size).toBe(0);
  });

  test("[GR3] a user who returns within restartGraceMs of a restart never changes status", () => {
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

  test("[GR3] a user who does not return is offline, last seen at the last proof of life and not at the restart", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.passAnswering(60_000, ["tab"]);
    const provenAt = proofOfLife(driver.room, driver.now)?.heardAt;
    driver.crash(3_600_000);
    driver.pass(restartGraceMs);
    expect(memberView(driver.user())).toMatchObject({
      status: "offline",
      sinceAt: driver.now,
      lastSeenAt: provenAt,
    });
    expect(driver.user().reason).toEqual({ kind: "restart", lastProofAt: provenAt });
  });

  test("[GR3] after a restart away users are away, and offline users stay offline", () => {
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

  test("[GR3] a grace from before a restart lasts at least until the restart grace ends", () => {
    const driver = new Driver();
    driver.connect("tab", { clientId: "page" });
    driver.pass(1_000);
    // A deploy: the sockets close, then the server is down for longer than the grace.
    driver.close("tab");
    const seen = memberView(driver.user());
    driver.crash(graceMs + 5_000);
    driver.pass(1_000);
    expect(memberView(driver.user())).toEqual(seen);
    driver.connect("tab again", { clientId: "page" });
    expect(memberView(driver.user())).toEqual(seen);
  });

  test("[GR3] such a grace ends, and the user has the correct last seen", () => {
    const driver = new Driver();
    driver.connect("tab");
    driver.pass(1_000);
    driver.close("tab");
    driver.crash(graceMs);
    driver.pass(restartGraceMs);
    expect(driver.user().status).toBe("offline");
    expect(lastSeenAt(driver.user())).toBe(START_AT);
  });

  test("[GR3] hibernation is no restart: graces end at their own time", () => {
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

  test("[GR3] signing out after a restart ends the restart grace at once", () => {
    const driver = new Driver();
    driver.connect("tab", { sessionId: "sign-in" });
    driver.crash(1_000);
    driver.connect("tab again", { sessionId: "sign-in" });
    driver.signOut("tab again");
    expect(driver.user().status).toBe("offline");
  });
});
