import { expect, test } from "vitest";
import { DeviceLabels } from "./device";

test.each([
  [
    "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
    "Samsung Internet on Android",
  ],
  [
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
    "Samsung Internet on Android",
  ],
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Chrome on Linux",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
    "Safari on iPhone",
  ],
  ["rollcall-tests/1.0", "rollcall-tests"],
  ["\u202Eevil\u05E9\u0000/1", "evil"],
  ["\u05E9/1", "Unknown device"],
  [null, "Unknown device"],
])("[CN4] %s is labelled «%s»", (userAgent, label) => {
  expect(new DeviceLabels().of(userAgent)).toBe(label);
});

test("[CN4] a cached label stays the same, whatever was read in between", () => {
  const agents = Array.from({ length: 600 }, (_, index) => `agent${index}/1.0`);
  const labels = new DeviceLabels();
  for (const _ of [1, 2])
    expect(agents.map((each) => labels.of(each))).toEqual(agents.map((each) => each.split("/")[0]));
});
