import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLOSE, stopReason } from "./close-codes";
import { DEFAULT_LIMITS, isRoomName, limitVariable, readLimits } from "./limits";

describe("limits as settings", () => {
  test("[SE4] a missing or empty variable has its default", () => {
    expect(readLimits({})).toEqual(DEFAULT_LIMITS);
    expect(readLimits({ ROLLCALL_MAX_NAME_LENGTH: "", ROLLCALL_MAX_CONNECTIONS_PER_USER: "3" })).toEqual({
      ...DEFAULT_LIMITS,
      connectionsPerUser: 3,
    });
  });

  test.each(Object.keys(DEFAULT_LIMITS))(
    "[SE4 HB8] a %s that cannot work is refused with the name of its variable",
    (name) => {
      const variable = limitVariable(name);
      for (const value of ["0", "-1", "1.5", "many", "NaN", "Infinity", "1e99", "9007199254740993"]) {
        expect(() => readLimits({ [variable]: value })).toThrow(
          new RegExp(`^${variable} must be a whole number of \\w+ from \\d+ to \\d+, not`),
        );
      }
    },
  );

  test("[SE4] reading any environment throws only errors that name a variable", () => {
    const env = fc.dictionary(
      fc.constantFrom(...Object.keys(DEFAULT_LIMITS).map(limitVariable)),
      fc.anything(),
    );
    fc.assert(
      fc.property(env, (given) => {
        try {
          readLimits(given);
        } catch (error) {
          expect(String(error)).toMatch(/^SettingError: ROLLCALL_MAX_[A-Z_]+ must be/);
        }
      }),
    );
  });
});

describe("room names", () => {
  test.each(["a", "Team_1", "0-x", "x".repeat(64)])("[SE4] %s is a valid room name", (name) => {
    expect(isRoomName(name)).toBe(true);
  });

  test.each(["", "_a", "-a", "a/b", "a.b", "a b", "ä", "a\n", "*", "..", "x".repeat(65)])(
    "[SE4] %j is not a valid room name",
    (name) => {
      expect(isRoomName(name)).toBe(false);
    },
  );
});

describe("close codes", () => {
  test("[SE3] every reason has its own code, in the range for applications", () => {
    const codes = Object.values(CLOSE);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code >= 4_000 && code < 5_000).toBe(true);
  });

  test("[SE3] a client reconnects after temporary reasons, and stops after permanent ones", () => {
    const { tokenExpired, heartbeatMissed, left, tooSlow, unavailable, ...final } = CLOSE;
    for (const code of [tokenExpired, heartbeatMissed, left, tooSlow, unavailable, 1000, 1006, 1011, 1012]) {
      expect([code, stopReason(code)]).toEqual([code, null]);
    }
    for (const code of Object.values(final)) expect([code, stopReason(code) !== null]).toEqual([code, true]);
  });
});
