import { beforeEach, describe, expect, test, vi } from "vitest";

const SECRETS = { ROLLCALL_TOKEN_SECRET: "t".repeat(32), ROLLCALL_API_KEY: "k".repeat(32) };

/** Settings are read once per server; each test is a server of its own. */
beforeEach(() => vi.resetModules());

async function read(env: Record<string, unknown>) {
  const { readSettings } = await import("./settings");
  return readSettings(env);
}

describe("settings", () => {
  test("an unset setting has its default, and a set one is used", async () => {
    const { timings } = await read({ ...SECRETS, ROLLCALL_FLUSH_MS: "50", ROLLCALL_GRACE_MS: "" });
    expect(timings).toMatchObject({ flushMs: 50, graceMs: 10_000, intervalMs: 10_000 });
  });

  test.each([
    [{ ROLLCALL_RETRY_MS: "0" }, /^ROLLCALL_RETRY_MS must be/],
    [{ ROLLCALL_MISSES: "many" }, /^ROLLCALL_MISSES must be a whole number/],
    [{ ROLLCALL_GRACE_MS: "100", ROLLCALL_RELOAD_GRACE_MS: "100" }, /^ROLLCALL_GRACE_MS must be at least/],
    [{ ROLLCALL_RETRY_MS: "20000" }, /^ROLLCALL_RETRY_MS must not be longer than ROLLCALL_INTERVAL_MS/],
    [{ ROLLCALL_IDLE_AFTER_MS: "5000" }, /^ROLLCALL_IDLE_AFTER_MS must be at least/],
  ])("[HB8] %j is refused with the name of the variable", async (env, message) => {
    await expect(read({ ...SECRETS, ...env })).rejects.toThrow(message);
  });

  test("[SE4] limits are settings too", async () => {
    const { limits } = await read({ ...SECRETS, ROLLCALL_MAX_CONNECTIONS_PER_USER: "7" });
    expect(limits).toMatchObject({ connectionsPerUser: 7, connectionsPerRoom: 20_000 });
  });

  test.each([
    [{ ROLLCALL_MAX_MESSAGE_LENGTH: "12" }, /^ROLLCALL_MAX_MESSAGE_LENGTH must be a whole number/],
    [
      { ROLLCALL_INTERVAL_MS: "250", ROLLCALL_RETRY_MS: "250", ROLLCALL_MAX_MESSAGES_PER_SECOND: "3" },
      /^ROLLCALL_MAX_MESSAGES_PER_SECOND must be at least 4/,
    ],
  ])("[SE4 HB8] %j is refused with the name of the variable", async (env, message) => {
    await expect(read({ ...SECRETS, ...env })).rejects.toThrow(message);
  });

  test.each(["ROLLCALL_TOKEN_SECRET", "ROLLCALL_API_KEY"])(
    "a missing or short %s is refused with its name",
    async (name) => {
      await expect(read({ ...SECRETS, [name]: "" })).rejects.toThrow(`${name} is missing`);
      await expect(read({ ...SECRETS, [name]: "short" })).rejects.toThrow(`${name} must have at least 32`);
    },
  );
});
