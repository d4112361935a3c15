// `npm run screenshots -- [dir]`: takes pictures of every page at four widths, light and dark, from the running app with
// the demo's people. Copy those that the documents show into docs/images.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

import { findChromium } from "./chromium.mjs";
import { startCrowd } from "./demo/crowd.mjs";
import { lapseTime } from "./demo/time-lapse.mjs";
import { freePort, sleep } from "./ports.mjs";
import { startStack } from "./stack.mjs";
import { testSecrets } from "./test-settings.mjs";

const IMAGES = process.argv[2] ?? fileURLToPath(new URL("../.test-results/screenshots", import.meta.url));
// A small room for the picture of the own status. The other pictures show the full room.
const SMALL_ROOM = "design";
const ROOM = "lobby";
const LIVE = '[data-connection="live"]';
const VISITOR = "Robin Vermeulen";
/** After this time everybody has joined, or joined and left. */
const FILL_MS = 45_000;
/** After this time the last departure is shown. */
const SETTLE_MS = 4_000;

const SHAPES = [
  { suffix: "", viewport: { width: 1440, height: 900 }, deviceScaleFactor: 2 },
  { suffix: "-phone", viewport: { width: 375, height: 812 }, deviceScaleFactor: 2 },
  { suffix: "-tablet", viewport: { width: 768, height: 1024 }, deviceScaleFactor: 1 },
  { suffix: "-wide", viewport: { width: 1920, height: 1080 }, deviceScaleFactor: 1 },
];

const stateDir = await mkdtemp(path.join(tmpdir(), "rollcall-screenshots-"));
const secrets = testSecrets();
const settings = {
  ...secrets,
  ROLLCALL_APP_PORT: String(await freePort()),
  ROLLCALL_PARTY_PORT: String(await freePort()),
  // Short graces, so that departures show soon.
  ROLLCALL_INTERVAL_MS: "2000",
  ROLLCALL_RETRY_MS: "500",
  ROLLCALL_GRACE_MS: "2000",
  ROLLCALL_RELOAD_GRACE_MS: "1000",
};
const stack = await startStack({ settings, stateDir, onOutput: (line) => console.log(line) });
const beganAt = Date.now();
const crowd = startCrowd({
  url: stack.roomUrl,
  secret: secrets.ROLLCALL_TOKEN_SECRET,
  people: 48,
  rooms: [ROOM, SMALL_ROOM, "support", "standup-monday"],
  seed: 170,
  pace: 1,
  arrivalMs: FILL_MS - SETTLE_MS,
});
const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  // As in playwright.config.ts, because Chromium's sandbox refuses to run as root.
  args: process.getuid?.() === 0 ? ["--no-sandbox", "--disable-dev-shm-usage"] : [],
});
try {
  await mkdir(IMAGES, { recursive: true });
  console.log(`The room fills for ${FILL_MS / 1_000} s …`);
  await Promise.race([sleep(FILL_MS), crowd.failed]);
  const visitor = await signIn("/api/session", { name: VISITOR });
  const admin = await signIn("/api/admin/session", { password: secrets.ROLLCALL_ADMIN_PASSWORD });
  for (const colorScheme of /** @type {const} */ (["light", "dark"]))
    for (const shape of SHAPES) {
      await shoot("room", `/rooms/${ROOM}`, visitor, colorScheme, shape);
      await shoot("admin", `/admin/rooms/${ROOM}?sort=lastSeen`, admin, colorScheme, shape);
      await shoot("status", `/rooms/${SMALL_ROOM}`, visitor, colorScheme, shape, LIVE, openMenu);
      await shoot("rooms", "/admin", admin, colorScheme, shape, "[data-room]");
      await shoot("person", `/admin/rooms/${ROOM}?status=away`, admin, colorScheme, shape, LIVE, openPerson);
    }
} finally {
  await browser.close();
  await crowd.stop();
  await stack.stop();
  await rm(stateDir, { recursive: true, force: true });
}

/**
 * Signs in once for all pictures, so that the visitor is one user in the room.
 * @param {string} route @param {object} data
 */
async function signIn(route, data) {
  const context = await browser.newContext({ baseURL: stack.appUrl });
  const answer = await context.request.post(route, { data });
  if (!answer.ok()) throw new Error(`${route} answered ${answer.status()}`);
  const state = await context.storageState();
  await context.close();
  return state;
}

/**
 * @param {string} name @param {string} address
 * @param {Awaited<ReturnType<typeof signIn>>} storageState
 * @param {"light" | "dark"} colorScheme
 * @param {(typeof SHAPES)[number]} shape
 * @param {string} [ready] what is there once the page is
 * @param {(page: import("@playwright/test").Page) => Promise<void>} [act] before the picture
 */
async function shoot(
  name,
  address,
  storageState,
  colorScheme,
  { suffix, ...shape },
  ready = LIVE,
  act = async (_page) => {},
) {
  const context = await browser.newContext({
    ...shape,
    baseURL: stack.appUrl,
    storageState,
    colorScheme,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: afternoon(),
  });
  const page = await context.newPage();
  await lapseTime(page, { beganAt, filledAt: beganAt + FILL_MS - SETTLE_MS });
  await page.goto(address);
  await page.locator(ready).first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await sleep(1_000);
  // The first latency was measured while the page was loading. This makes it measure again.
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await act(page);
  await sleep(1_000);
  const file = path.join(IMAGES, `${name}-${colorScheme}${suffix}.png`);
  await page.screenshot({ path: file });
  console.log(path.relative(process.cwd(), file));
  // A panel keeps fetching, and may do so now.
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await context.close();
}

/** @param {import("@playwright/test").Page} page */
async function openPerson(page) {
  await page.locator("[data-opens]").first().click();
  await page.locator("[data-day-bar]").waitFor();
}

/** A time zone in which it is three in the afternoon, for pictures taken at any hour. */
function afternoon() {
  // In these names zones with a minus sign are east of Greenwich, and there is none beyond 14.
  const hour = new Date().getUTCHours();
  const west = hour === 0 ? 9 : hour - 15;
  return `Etc/GMT${west < 0 ? "" : "+"}${west}`;
}

/** @param {import("@playwright/test").Page} page */
async function openMenu(page) {
  await page.keyboard.press("s");
  await page.getByRole("menu").waitFor();
}
