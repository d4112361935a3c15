import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { setTimeout as sleep } from "node:timers/promises";
import { SHORT_TIMINGS } from "../scripts/test-settings.mjs";
import { ownBrowser, type OwnBrowser } from "./faults/own-browser";
import {
  leave,
  controlVisibility,
  enter,
  expectLive,
  expectStatus,
  newRoom,
  person,
  setHidden,
  watch,
} from "./people";

const INTERVAL_MS = Number(SHORT_TIMINGS.ROLLCALL_INTERVAL_MS);
const DEAD_AFTER_MS =
  INTERVAL_MS + Number(SHORT_TIMINGS.ROLLCALL_MISSES) * Number(SHORT_TIMINGS.ROLLCALL_RETRY_MS);
const GRACE_MS = Number(SHORT_TIMINGS.ROLLCALL_GRACE_MS);
/** Two browsers and two servers share the machine with other processes. */
const NOISE_MS = 3_000;

let room: string;
let ben: Page;
const contexts: BrowserContext[] = [];
let own: OwnBrowser | null = null;

test.beforeEach(async ({ browser }) => {
  room = newRoom();
  const context = await browser.newContext();
  contexts.push(context);
  ben = await context.newPage();
  await enter(ben, room, "Ben");
});

test.afterEach(async () => {
  await own?.close();
  own = null;
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});

/** Opens Ada's page in a browser that can be stopped and killed. */
async function adaAlone(): Promise<Page> {
  const { launchOptions = {} } = test.info().project.use;
  own = await ownBrowser(launchOptions);
  const { baseURL } = test.info().project.use;
  const context = await own.browser.newContext(baseURL === undefined ? {} : { baseURL });
  return join(context);
}

async function join(context: BrowserContext): Promise<Page> {
  const ada = await context.newPage();
  await enter(ada, room, "Ada");
  await expectStatus(ben, "Ada", "online");
  return ada;
}

/** When Ada was last seen, as Ben's page has it. */
async function adaSeenAt(): Promise<number> {
  return Date.parse((await person(ben, "Ada").locator("time").getAttribute("datetime")) ?? "");
}

test("[HB6] [SY6] a machine that slept past its death shows the truth as soon as it wakes", async ({
  browser,
}) => {
  const cleoContext = await browser.newContext();
  contexts.push(cleoContext);
  const cleo = await cleoContext.newPage();
  await enter(cleo, room, "Cleo");
  const ada = await adaAlone();
  await expectStatus(ada, "Cleo", "online");
  const sawBen = await watch(ada, "Ben");
  const sawAda = await watch(ben, "Ada");

  own?.signal("SIGSTOP");
  const sleptAt = Date.now();
  await expectStatus(ben, "Ada", "offline");
  expect(Date.now() - sleptAt).toBeLessThan(DEAD_AFTER_MS + NOISE_MS);
  expect(Math.abs((await adaSeenAt()) - sleptAt)).toBeLessThan(INTERVAL_MS + NOISE_MS);
  await leave(cleo);
  await expectStatus(ben, "Cleo", "offline");

  own?.signal("SIGCONT");
  await expectStatus(ben, "Ada", "online");
  await expectLive(ada);
  await expectStatus(ada, "Cleo", "offline");
  await expect(ada.locator('[data-stale="true"]')).toHaveCount(0);
  expect(await sawBen()).not.toContain("offline");
  expect(await sawAda()).toEqual(["online", "offline", "online"]);
});

test("[GR1] [ST6] a browser that is killed is offline when its grace ends, last seen before that", async () => {
  await adaAlone();
  const sawAda = await watch(ben, "Ada");
  own?.signal("SIGKILL");
  const killedAt = Date.now();
  await expectStatus(ben, "Ada", "offline");
  expect(Date.now() - killedAt).toBeGreaterThanOrEqual(GRACE_MS - 100);
  expect(Date.now() - killedAt).toBeLessThan(GRACE_MS + NOISE_MS);
  expect(await adaSeenAt()).toBeLessThanOrEqual(killedAt);
  expect(await sawAda()).toEqual(["online", "offline"]);
});

test("[HB2] [HB6] [SY6] when a socket's packets vanish, others see a death, the page goes stale, and then opens a new socket", async ({
  browser,
}) => {
  const context = await browser.newContext();
  contexts.push(context);
  let swallows = false;
  await context.routeWebSocket(/\/parties\//, (page) => {
    const server = page.connectToServer();
    page.onMessage((message) => swallows || server.send(message));
    server.onMessage((message) => swallows || page.send(message));
    page.onClose(
      (code, reason) => void (swallows || server.close({ code: code ?? 1000, reason: reason ?? "" })),
    );
    server.onClose(
      (code, reason) => void (swallows || page.close({ code: code ?? 1000, reason: reason ?? "" })),
    );
  });
  const ada = await join(context);
  const sawBen = await watch(ada, "Ben");
  swallows = true;
  const cutAt = Date.now();
  await expectStatus(ben, "Ada", "offline");
  expect(Date.now() - cutAt).toBeLessThan(DEAD_AFTER_MS + NOISE_MS);
  await expect(ada.locator('[data-stale="true"]')).toBeVisible();
  swallows = false;
  await expectLive(ada);
  await expectStatus(ben, "Ada", "online");
  await expect(ada.locator('[data-stale="true"]')).toHaveCount(0);
  expect(await sawBen()).not.toContain("offline");
});

test("[GR1] repeated short losses of the network are not shown to anybody", async ({ browser }) => {
  const context = await browser.newContext();
  contexts.push(context);
  const ada = await join(context);
  const sawAda = await watch(ben, "Ada");
  const sawBen = await watch(ada, "Ben");
  for (let lifts = 0; lifts < 4; lifts += 1) {
    await context.setOffline(true);
    await sleep(DEAD_AFTER_MS / 3);
    await context.setOffline(false);
    await ada.mouse.move(10 + lifts, 10);
    await sleep(INTERVAL_MS);
  }
  await expectLive(ada);
  expect(await sawAda()).toEqual(["online"]);
  expect(await sawBen()).not.toContain("offline");
});

test("[ST2] [HB2] a background tab with throttled timers is away, never offline, and online when it is shown", async ({
  browser,
}) => {
  const context = await browser.newContext();
  contexts.push(context);
  await controlVisibility(context);
  await context.addInitScript(() => {
    // Chromium runs timers once a minute in tabs that have been in the background for minutes.
    const real = window.setTimeout.bind(window);
    const throttled = (callback: TimerHandler, delay = 0, ...rest: unknown[]): number =>
      real(callback, document.hidden ? Math.ceil((delay + 1) / 60_000) * 60_000 : delay, ...rest);
    Object.assign(window, { setTimeout: throttled });
  });
  const ada = await join(context);
  const sawAda = await watch(ben, "Ada");
  await setHidden(ada, true);
  await expectStatus(ben, "Ada", "away");
  await sleep(4 * DEAD_AFTER_MS);
  await setHidden(ada, false);
  await expectStatus(ben, "Ada", "online");
  await expectLive(ada);
  expect(await sawAda()).toEqual(["online", "away", "online"]);
});

test("[GR1] a user who follows a link and returns at once never leaves; one who takes longer does", async () => {
  const ada = await adaAlone();
  const sawAda = await watch(ben, "Ada");
  await ada.goto("/icon.svg");
  await ada.goBack();
  await expectLive(ada);
  expect(await sawAda()).toEqual(["online"]);
  await ada.goto("/icon.svg");
  await expectStatus(ben, "Ada", "offline");
  await ada.goBack();
  await expectStatus(ben, "Ada", "online");
  await expectLive(ada);
});
