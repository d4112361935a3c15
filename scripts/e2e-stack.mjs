// Playwright's global setup: the production build and a room server, with separate settings, ports and state. The
// developer's .env.local is not used. The tests find the settings in process.env.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { findChromium } from "./chromium.mjs";
import { startStack } from "./stack.mjs";
import { SHORT_TIMINGS, testSecrets } from "./test-settings.mjs";

export default async function setup() {
  findChromium();
  const stateDir = await mkdtemp(path.join(tmpdir(), "rollcall-e2e-"));
  const settings = {
    ...SHORT_TIMINGS,
    ...testSecrets(),
    // The engine for production. The integration tests run on both.
    ROLLCALL_ENGINE: "workerd",
    // A few people are enough to make a room too large to be sent whole (VW2).
    ROLLCALL_ROSTER_LIMIT: "30",
    ROLLCALL_APP_PORT: String(process.env["ROLLCALL_E2E_APP_PORT"]),
    ROLLCALL_PARTY_PORT: String(process.env["ROLLCALL_E2E_PARTY_PORT"]),
  };
  const stack = await startStack({ settings, stateDir, onOutput: (line) => console.log(line) });
  Object.assign(process.env, settings);
  return async () => {
    await stack.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
}
