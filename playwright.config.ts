import { defineConfig } from "@playwright/test";

import { chosenChromium } from "./scripts/chromium.mjs";
import { freePort } from "./scripts/ports.mjs";

// Chosen once, by the main process; its workers, which read this file too, inherit them.
process.env["ROLLCALL_E2E_APP_PORT"] ??= String(await freePort());
process.env["ROLLCALL_E2E_PARTY_PORT"] ??= String(await freePort());

// Whether there is one is asked when the tests run (e2e-stack.mjs): linters load this file, too.
const executablePath = chosenChromium();

export default defineConfig({
  testDir: "e2e",
  // What else is in there is run by vitest.
  testMatch: "*.spec.ts",
  outputDir: ".test-results/e2e",
  globalSetup: "./scripts/e2e-stack.mjs",
  // The tests measure time, and two cores carry the servers and the browsers too.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env["CI"] !== undefined,
  reporter: [["list"], ["json", { outputFile: ".test-results/e2e.json" }]],
  use: {
    baseURL: `http://127.0.0.1:${process.env["ROLLCALL_E2E_APP_PORT"]}`,
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        // Chromium's sandbox refuses to run as root, and a container's /dev/shm is small.
        ...(process.getuid?.() === 0 ? ["--no-sandbox", "--disable-dev-shm-usage"] : []),
      ],
    },
  },
});
