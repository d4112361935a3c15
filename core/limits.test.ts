import { describe, expect, test } from "vitest";
import { CLOSE, isFinalClose } from "./close-codes";
import { isRoomName } from "./limits";

describe("room names", () => {
  test.each(["a", "Team_1", "0-x", "x".repeat(64)])("[SE4] %s can be a room", (name) => {
    expect(isRoomName(name)).toBe(true);
  });

  test.each(["", "_a", "-a", "a/b", "a.b", "a b", "ä", "a\n", "*", "..", "x".repeat(65)])(
    "[SE4] %j cannot be a room",
    (name) => {
      expect(isRoomName(name)).toBe(false);
    },
  );
});

describe("close codes", () => {
  test("[SE3] every reason has a code of its own, in the range for applications", () => {
    const codes = Object.values(CLOSE);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code >= 4_000 && code < 5_000).toBe(true);
  });

  test("[SE3] a client comes back after what may pass, and stays away after what will not", () => {
    const { tokenExpired, heartbeatMissed, left, tooSlow, unavailable, ...final } = CLOSE;
    for (const code of [tokenExpired, heartbeatMissed, left, tooSlow, unavailable, 1000, 1006, 1011, 1012]) {
      expect([code, isFinalClose(code)]).toEqual([code, false]);
    }
    for (const code of Object.values(final)) expect([code, isFinalClose(code)]).toEqual([code, true]);
  });
});
