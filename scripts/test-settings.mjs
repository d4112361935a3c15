import { randomBytes } from "node:crypto";

/** Short timings, so that tests wait for seconds instead of minutes. */
export const SHORT_TIMINGS = {
  ROLLCALL_INTERVAL_MS: "500",
  ROLLCALL_RETRY_MS: "400",
  ROLLCALL_MISSES: "3",
  ROLLCALL_GRACE_MS: "4000",
  ROLLCALL_RELOAD_GRACE_MS: "4000",
  ROLLCALL_RESTART_GRACE_MS: "6000",
  ROLLCALL_IDLE_AFTER_MS: "15000",
  ROLLCALL_HIDDEN_AWAY_AFTER_MS: "1000",
  ROLLCALL_FLUSH_MS: "20",
};

/** New secrets for this run. */
export const testSecrets = () => ({
  ROLLCALL_TOKEN_SECRET: randomBytes(32).toString("base64url"),
  ROLLCALL_SESSION_SECRET: randomBytes(32).toString("base64url"),
  ROLLCALL_API_KEY: randomBytes(32).toString("base64url"),
  ROLLCALL_ADMIN_PASSWORD: randomBytes(12).toString("base64url"),
});
