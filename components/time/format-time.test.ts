import { describe, expect, test, vi } from "vitest";
import {
  formatAgo,
  formatCount,
  formatDuration,
  formatExact,
  formatClock,
  formatInstant,
  formatWeekday,
  type Conventions,
} from "./format-time";

const BERLIN: Conventions = { locale: "de-DE", timeZone: "Europe/Berlin" };
const NEW_YORK: Conventions = { locale: "en-US", timeZone: "America/New_York" };
/** A Tuesday, 18:30 in Berlin. */
const NOW = Date.parse("2026-11-24T17:30:00Z");
const at = (iso: string) => Date.parse(iso);

describe("how long ago", () => {
  test.each([
    ["2026-11-24T17:29:01Z", "just now"],
    ["2026-11-24T17:25:10Z", "4 min ago"],
    ["2026-11-24T16:30:01Z", "59 min ago"],
    ["2026-11-24T14:00:00Z", "3 h ago"],
    ["2026-11-23T16:20:00Z", "yesterday at 17:20"],
    ["2026-11-21T16:20:00Z", "Saturday at 17:20"],
    ["2026-11-03T16:20:00Z", "3 Nov"],
    ["2025-11-03T16:20:00Z", "3 Nov 2025"],
  ])("%s is «%s»", (iso, told) => {
    expect(formatAgo(at(iso), NOW, BERLIN)).toBe(told);
  });

  test("shortly after midnight, minutes still count", () => {
    const midnight = at("2026-11-23T23:00:00Z");
    expect(formatAgo(midnight - 5 * 60_000, midnight + 60_000, BERLIN)).toBe("6 min ago");
    expect(formatAgo(midnight - 2 * 3_600_000, midnight + 60_000, BERLIN)).toBe("yesterday at 22:00");
  });

  test("an instant in the future is just now", () => {
    expect(formatAgo(NOW + 5_000, NOW, BERLIN)).toBe("just now");
  });

  test("a day of 25 hours is one day", () => {
    // Clocks in Berlin went back on 25 October 2026.
    expect(formatAgo(at("2026-10-24T22:30:00Z"), at("2026-10-26T12:00:00Z"), BERLIN)).toBe(
      "yesterday at 00:30",
    );
  });
});

test("the clock follows the reader's country, in the page's language", () => {
  expect(formatAgo(at("2026-11-23T16:20:00Z"), NOW, NEW_YORK)).toBe("yesterday at 11:20 AM");
  expect(formatExact(at("2026-11-24T13:02:07Z"), BERLIN)).toBe("Tue, 24 Nov 2026, 14:02:07 CET");
});

test("an instant has its day if it is not today", () => {
  expect(formatInstant(at("2026-11-24T13:02:07Z"), NOW, BERLIN)).toBe("14:02");
  expect(formatInstant(at("2026-11-24T13:02:07Z"), NOW, BERLIN, true)).toBe("14:02:07");
  expect(formatInstant(at("2026-11-23T13:02:07Z"), NOW, BERLIN)).toBe("yesterday at 14:02");
  expect(formatInstant(at("2026-11-02T13:02:07Z"), NOW, BERLIN)).toBe("2 Nov at 14:02");
});

test.each([
  [-5, "0 s"],
  [4_900, "4 s"],
  [61_000, "1 min"],
  [3 * 3_600_000, "3 h"],
  [50 * 3_600_000, "2 d"],
])("%d ms are «%s»", (ms, told) => {
  expect(formatDuration(ms)).toBe(told);
});

test("thousands and axis labels follow the reader's country", () => {
  expect(formatCount(10_000, BERLIN)).toBe("10.000");
  expect(formatCount(10_000, NEW_YORK)).toBe("10,000");
  expect(formatClock(at("2026-11-24T17:00:00Z"), BERLIN)).toBe("18:00");
  expect(formatClock(at("2026-11-24T17:00:00Z"), NEW_YORK)).toBe("12:00 PM");
  expect(formatWeekday(at("2026-11-24T17:00:00Z"), BERLIN)).toBe("Tue 24");
});

describe("[BR1] invalid locales and time zones", () => {
  test.each([
    ["en-US@posix", "Nov 24", "1,234"],
    ["de_DE.UTF-8", "24 Nov", "1.234"],
    ["C", "Nov 24", "1,234"],
    ["", "Nov 24", "1,234"],
    ["undefined", "Nov 24", "1,234"],
    ["🦊", "Nov 24", "1,234"],
    ["x".repeat(300), "Nov 24", "1,234"],
  ])("the locale «%s» breaks nothing", (locale, day, count) => {
    const conventions = { locale, timeZone: "Europe/Berlin" };
    expect(formatAgo(NOW, NOW + 20 * 24 * 3_600_000, conventions)).toBe(day);
    expect(formatCount(1_234, conventions)).toBe(count);
    expect(formatExact(NOW, conventions)).toMatch(/18:30:00|06:30:00/);
  });

  test.each(["", "undefined", "Etc/Unknown", "Mars/Olympus"])(
    "the time zone «%s» breaks nothing",
    (timeZone) => {
      const conventions = { locale: "en-GB", timeZone };
      expect(formatExact(NOW, conventions)).toContain("2026");
      expect(formatAgo(NOW, NOW + 90_000, conventions)).toBe("1 min ago");
      expect(formatInstant(NOW, NOW, conventions)).toMatch(/^\d\d:\d\d$/);
    },
  );

  test.each(["DateTimeFormat", "NumberFormat", "Locale"])(
    "without Intl.%s times are still formatted",
    async (name) => {
      vi.resetModules();
      vi.stubGlobal("Intl", {
        DateTimeFormat: Intl.DateTimeFormat,
        NumberFormat: Intl.NumberFormat,
        Locale: Intl.Locale,
        [name]: undefined,
      });
      const plain = await import("./format-time");
      const at = new Date(2026, 10, 24, 14, 2, 9).getTime();
      const conventions = { locale: "en-GB", timeZone: "" };
      expect(plain.formatExact(at, conventions)).toMatch(/^Tue.+2026.+(14:02:09|02:02:09)/);
      expect(plain.formatAgo(at, at + 26 * 3_600_000, conventions)).toMatch(/^yesterday at (14:02|02:02)/);
      expect(plain.formatAgo(at, at + 30 * 24 * 3_600_000, conventions)).toMatch(/^(24 Nov|Nov 24)$/);
      expect(plain.formatCount(1_234, conventions)).toMatch(/^1,?234$/);
      vi.unstubAllGlobals();
    },
  );
});
