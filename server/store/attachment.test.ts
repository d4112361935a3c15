import { expect, test } from "vitest";
import type { Connection } from "../../core/room/status";
import { pack, unpack } from "./attachment";
import { DeviceLabels } from "../gate/device";

const CONNECTION: Connection = {
  id: "connection-1",
  userId: "ada",
  clientId: "page-1",
  sessionId: null,
  observer: false,
  device: "Firefox on Linux",
  connectedAt: 1,
  heardAt: 2,
  inputAt: 3,
  hiddenAt: 4,
  active: true,
  unanswered: 2,
  pingedAt: 5,
  firstPingAt: 6,
  rttMs: 7,
};

test("[HB5] everything the room knows of a connection survives in its attachment", () => {
  expect(unpack(pack(CONNECTION, "admin", "roster"))).toEqual({
    connection: CONNECTION,
    role: "admin",
    mode: "roster",
  });
});

test("[HB5] an attachment of the longest ids stays below what the platform keeps", () => {
  const longest = {
    ...CONNECTION,
    id: "i".repeat(36),
    userId: "字".repeat(128),
    clientId: "c".repeat(128),
    sessionId: "字".repeat(128),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(pack(longest, "member", "roster"))).length;
  expect(bytes).toBeLessThan(1_900);
});

test("a socket without an admission has no attachment to unpack", () => {
  expect(unpack(null)).toBeNull();
});

test.each([
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    "Safari on macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
    "Safari on iPhone",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox on Linux"],
  ["robot/1.0", "robot"],
  [null, "Unknown device"],
])("[CN4] %s is labelled %s", (userAgent, label) => {
  expect(new DeviceLabels().of(userAgent)).toBe(label);
});
