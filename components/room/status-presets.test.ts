import { expect, test } from "vitest";
import { focusUntil, messageOf, PRESETS, STAYS } from "./status-presets";

/** An instant in the machine's own time zone. */
const at = (hours: number, minutes: number) => new Date(2026, 10, 24, hours, minutes).getTime();

test("[ST4] focus lasts until a full hour that leaves enough time", () => {
  expect(focusUntil(at(13, 0))).toBe(at(14, 0));
  expect(focusUntil(at(13, 14))).toBe(at(14, 0));
  expect(focusUntil(at(13, 16))).toBe(at(15, 0));
  expect(focusUntil(at(23, 30))).toBe(new Date(2026, 10, 25, 1, 0).getTime());
});

test("[ST4] a preset is a message with an end", () => {
  const now = at(12, 0);
  const messages = PRESETS.map((preset) => messageOf(preset, now));
  expect(messages.map(({ text, untilAt }) => [text, untilAt])).toEqual([
    ["In a meeting", at(13, 0)],
    ["Lunch", at(12, 30)],
    ["Focusing", at(13, 0)],
  ]);
});

test("[ST4] a message stays for the chosen time", () => {
  const now = at(22, 0);
  expect(Object.values(STAYS).map(({ untilAt }) => untilAt(now))).toEqual([
    null,
    at(22, 30),
    at(23, 0),
    at(26, 0),
    at(24, 0),
  ]);
});
