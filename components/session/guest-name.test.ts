import { expect, test } from "vitest";
import { claimsSchema } from "../../core/shared/claims";
import { safeParse } from "valibot";
import { readGuestName } from "./guest-name";

test.each([
  ["  Ada   Lovelace ", "Ada Lovelace"],
  ["李雷", "李雷"],
  ["🦊", "🦊"],
  ["علی‌رضا", "علی‌رضا"],
  ["x".repeat(80), "x".repeat(80)],
  ["🦊".repeat(80), "🦊".repeat(80)],
])("[NM1] %j becomes %j, which is valid in a token", (typed, name) => {
  expect(readGuestName(typed)).toEqual({ ok: true, name });
  expect(safeParse(claimsSchema.entries.name, name).success).toBe(true);
});

test.each([
  ["", /Enter a name/],
  [" \u200B\u00A0 ", /Enter a name/],
  ["a\u0000b", /cannot be shown/],
  ["evil\u202Egnp.exe", /cannot be shown/],
  ["half \uD83E", /cannot be shown/],
  ["Ad\u00ADa", /cannot be shown/],
  ["\u3164", /Enter a name/],
  ["\u0301\u0302", /Enter a name/],
  [`Z${"\u0301\u0302\u0303".repeat(9)}`, /cannot be shown/],
  ["x".repeat(81), /1 character too long/],
  ["x".repeat(90), /10 characters too long/],
])("[NM1] %j is refused with the reason", (typed, problem) => {
  const picked = readGuestName(typed);
  expect(picked.ok ? "" : picked.problem).toMatch(problem);
});
