import { expect, test } from "vitest";
import type { AdminUser, Reason } from "../../core/shared/terms";
import { PLAIN_FOR_ADMINS } from "../../core/testing/views";
import { explainChoice, explainReason } from "./explain-reason";

const CONVENTIONS = { locale: "en-GB", timeZone: "UTC" };
const at = (time: string) => Date.parse(`2026-11-24T${time}Z`);
const NOW = at("15:00:00");

const connection = (id: string, device: string) => ({
  id,
  device,
  connectedAt: at("12:00:00"),
  hiddenAt: null,
  suspectAt: null,
});

function explain(status: AdminUser["status"], reason: Reason | null, devices: string[] = []): string {
  const connections = devices.map((device, index) => connection(`c${index}`, device));
  return explainReason({ status, sinceAt: at("14:02:07"), reason, connections }, NOW, CONVENTIONS);
}

test.each<[string, string, Reason | null]>([
  ["away", "Away: both tabs idle since 14:02", { kind: "idle", connections: 2, hidden: 0 }],
  ["away", "Away: all three tabs hidden and idle since 14:02", { kind: "idle", connections: 3, hidden: 3 }],
  [
    "away",
    "Away: both tabs idle, one of them hidden, since 14:02",
    { kind: "idle", connections: 2, hidden: 1 },
  ],
  [
    "offline",
    "Offline: three heartbeats missed, last heard 14:02:07",
    { kind: "missed", connectionId: "c0", misses: 3, lastHeardAt: at("14:02:07") },
  ],
  [
    "offline",
    "Offline: the connection dropped at 14:02:07 and did not return",
    { kind: "dropped", connectionId: "c0", fromAt: at("14:02:07") },
  ],
  [
    "offline",
    "Offline: the page was closed at 14:02:07",
    { kind: "closed", connectionId: "c0", fromAt: at("14:02:07") },
  ],
  ["offline", "Offline: signed out at 14:02:07", { kind: "signedOut", connectionId: "c0" }],
  [
    "offline",
    "Offline: did not return after the server's restart, last heard 13:59:58",
    { kind: "restart", lastProofAt: at("13:59:58") },
  ],
  [
    "online",
    "Online: the connection dropped at 14:59:55, may return until 15:00:05",
    { kind: "grace", cause: "dropped", fromAt: at("14:59:55"), untilAt: at("15:00:05") },
  ],
  [
    "away",
    "Away: the server restarted at 14:59:55, may return until 15:00:25",
    { kind: "grace", cause: "restart", fromAt: at("14:59:55"), untilAt: at("15:00:25") },
  ],
  ["offline", "Offline since 14:02", null],
])("[ST5] %s: «%s»", (status, told, reason) => {
  expect(explain(status as AdminUser["status"], reason)).toBe(told);
});

test("[ST5] the deciding connection is named by its device", () => {
  expect(
    explain("online", { kind: "active", connectionId: "c1" }, ["Safari on iPhone", "Firefox on Linux"]),
  ).toBe("Online: active on Firefox on Linux");
  expect(explain("away", { kind: "idle", connections: 1, hidden: 1 }, ["Safari on iPhone"])).toBe(
    "Away: Safari on iPhone hidden and idle since 14:02",
  );
});

test.each([
  [["Firefox on Linux", "Firefox on Linux"], 0, "Away: both tabs idle since 14:02"],
  [["Firefox on Linux", "Safari on iPhone"], 0, "Away: both devices idle since 14:02"],
  [["Firefox on Linux", "Safari on iPhone"], 1, "Away: both devices idle, one of them hidden, since 14:02"],
  [
    ["Firefox on Linux", "Safari on iPhone", "Edge on Windows"],
    0,
    "Away: all three devices idle since 14:02",
  ],
  [
    ["Firefox on Linux", "Safari on iPhone", "Safari on iPhone"],
    0,
    "Away: all three tabs on two devices idle since 14:02",
  ],
])("[ST5] %j with %d hidden: «%s»", (devices, hidden, told) => {
  expect(explain("away", { kind: "idle", connections: devices.length, hidden }, devices)).toBe(told);
});

test("[ST3 ST5] a chosen away is explained as a choice", () => {
  expect(explain("away", { kind: "chosen", fromAt: at("14:02:07") })).toBe(
    "Away: chosen by themselves at 14:02",
  );
});

test("[PR2 PR3] choices that members do not see are explained", () => {
  const choice = (over: Partial<AdminUser>): string | null =>
    explainChoice({ ...PLAIN_FOR_ADMINS, choseAt: at("14:02:07"), ...over }, NOW, CONVENTIONS);
  expect(choice({})).toBeNull();
  expect(choice({ availability: "away" })).toBeNull();
  expect(choice({ availability: "invisible" })).toBe("Invisible: offline to members since 14:02.");
  expect(choice({ availability: "dnd", availabilityUntilAt: at("16:00:00"), hideLastSeen: true })).toBe(
    "Does not want to be disturbed since 14:02, until 16:00. Hides from members when they were last seen.",
  );
});
