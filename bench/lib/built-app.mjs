import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "@playwright/test";

import { findChromium } from "../../scripts/chromium.mjs";
import { freePort } from "../../scripts/ports.mjs";
import { startStack } from "../../scripts/stack.mjs";
import { testSecrets } from "../../scripts/test-settings.mjs";

/**
 * The built app with a room server, and a real Chromium to open it.
 * @returns {Promise<{
 *   browser: import("@playwright/test").Browser,
 *   adminPage: () => Promise<import("@playwright/test").Page>,
 *   stop: () => Promise<void>,
 * }>} `adminPage` is a new page of 1440 × 900 pixels whose reader has signed in
 */
export async function openBuiltApp() {
  const stateDir = await mkdtemp(path.join(tmpdir(), "rollcall-bench-"));
  const secrets = testSecrets();
  const settings = {
    ...secrets,
    ROLLCALL_APP_PORT: String(await freePort()),
    ROLLCALL_PARTY_PORT: String(await freePort()),
  };
  const stack = await startStack({ settings, stateDir });
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    // As in playwright.config.ts: Chromium's sandbox refuses to run as root.
    args: process.getuid?.() === 0 ? ["--no-sandbox", "--disable-dev-shm-usage"] : [],
  });
  return {
    browser,
    async adminPage() {
      const context = await browser.newContext({
        baseURL: stack.appUrl,
        viewport: { width: 1440, height: 900 },
      });
      const signIn = { data: { password: secrets.ROLLCALL_ADMIN_PASSWORD } };
      const answer = await context.request.post("/api/admin/session", signIn);
      if (!answer.ok()) throw new Error(`the sign-in answered ${answer.status()}`);
      return context.newPage();
    },
    async stop() {
      await browser.close();
      await stack.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
