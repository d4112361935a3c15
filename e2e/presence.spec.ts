import { expect, test, type BrowserContext, type Page } from "@playwright/test";
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

let adaContext: BrowserContext;
let ada: Page;
let ben: Page;
let room: string;

test.beforeEach(async ({ browser }) => {
  room = newRoom();
  adaContext = await browser.newContext();
  await controlVisibility(adaContext);
  ada = await adaContext.newPage();
  ben = await (await browser.newContext()).newPage();
  await enter(ada, room, "Ada");
  await enter(ben, room, "Ben");
  await expectStatus(ben, "Ada", "online");
  await expectStatus(ada, "Ben", "online");
  // Ben stays active, because this test is not about his idleness.
});

test.afterEach(async () => {
  await adaContext.close();
  await ben.context().close();
});

test("[ST1] two people see each other come and go, with the correct last seen", async () => {
  await ada.close({ runBeforeUnload: false });
  const closedAt = Date.now();
  await expectStatus(ben, "Ada", "offline");
  expect(Date.now() - closedAt).toBeGreaterThanOrEqual(800);
  await expect(person(ben, "Ada").locator("time")).toHaveText("just now");
  const lastSeen = await person(ben, "Ada").locator("time").getAttribute("datetime");
  expect(Math.abs(Date.parse(lastSeen ?? "") - closedAt)).toBeLessThan(2_000);
});

test("[CN1] closing one of a person's two tabs changes nothing for others", async () => {
  const second = await adaContext.newPage();
  await second.goto(`/rooms/${room}`);
  await expectLive(second);
  const seen = await watch(ben, "Ada");
  await second.close({ runBeforeUnload: true });
  // The other tab stays in use. Its close is the first change.
  await ada.mouse.move(50, 50);
  await ada.close();
  await expectStatus(ben, "Ada", "offline");
  expect((await seen()).filter((status) => status !== "away")).toEqual(["online", "offline"]);
});

test("[GR1] a reload shows nobody a flicker", async () => {
  const seen = await watch(ben, "Ada");
  for (let i = 0; i < 3; i += 1) {
    await ada.reload();
    await expectLive(ada);
    await ada.mouse.move(10 + i, 10);
  }
  // Ben's own change arrives, so a change of Ada's would have arrived too.
  await leave(ada);
  await expectStatus(ben, "Ada", "offline");
  expect(await seen()).toEqual(["online", "offline"]);
});

test("[ST2] a hidden page becomes away, and online at once when it is shown", async () => {
  await setHidden(ada, true);
  await expectStatus(ben, "Ada", "away");
  await setHidden(ada, false);
  await expectStatus(ben, "Ada", "online");
});

test("[ST2] a user without input becomes away, and online at the first key press", async () => {
  await expectStatus(ben, "Ada", "away");
  await ada.keyboard.press("Shift");
  await expectStatus(ben, "Ada", "online");
});

test("[GR2] signing out is immediate, on every tab", async () => {
  const second = await adaContext.newPage();
  await second.goto(`/rooms/${room}`);
  await expectLive(second);
  const seen = await watch(ben, "Ada");
  await leave(ada);
  await expectStatus(ben, "Ada", "offline");
  await expect(second.getByRole("heading", { name: `Join ${room}` })).toBeVisible();
  await expect(ada.getByRole("heading", { name: `Join ${room}` })).toBeVisible();
  expect((await seen()).filter((status) => status !== "away")).toEqual(["online", "offline"]);
  // The user can join again.
  await ada.getByLabel("Your name").fill("Ada again");
  await ada.getByRole("button", { name: "Join" }).click();
  await expectLive(ada);
  await expectStatus(ben, "Ada again", "online");
});

test("[HB2] [SY6] a disconnected client is offline within its bound, shows a stale roster meanwhile, and returns", async () => {
  const sawBen = await watch(ada, "Ben");
  await adaContext.setOffline(true);
  await expectStatus(ben, "Ada", "offline");
  await expect(ada.locator('[data-stale="true"]')).toBeVisible();
  await expect(ada.getByText(/as of .+ ago/).first()).toBeVisible();
  await adaContext.setOffline(false);
  await expectLive(ada);
  await ada.mouse.move(20, 20);
  await expectStatus(ben, "Ada", "online");
  await expect(ada.locator('[data-stale="true"]')).toHaveCount(0);
  // One's own disconnection changes nothing about others.
  expect(await sawBen()).not.toContain("offline");
});

test("[SE1] [SE5] the app gives no token without a sign-in, and the room refuses forged and expired tokens", async ({
  request,
}) => {
  const answer = await request.post("/api/token", { data: { room } });
  expect(answer.status()).toBe(401);
  const url = `ws://127.0.0.1:${process.env["ROLLCALL_PARTY_PORT"]}/parties/main/${room}?v=3&client=x&token=`;
  const forged = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJldmUiLCJuYW1lIjoiRXZlIn0.";
  const frames = await ben.evaluate(
    (address) =>
      new Promise<string[]>((resolve) => {
        const socket = new WebSocket(address);
        const got: string[] = [];
        socket.onmessage = ({ data }) => {
          got.push(String(data));
          if (String(data).includes("closing")) resolve(got);
        };
      }),
    url + forged,
  );
  expect(frames).toHaveLength(1);
  expect(JSON.parse(frames[0] ?? "")).toMatchObject({ type: "closing", code: 4401 });
});

test("the first HTML of a room shows who is there, without JavaScript, and the page keeps it", async ({
  browser,
}) => {
  const room = newRoom();
  const context = await browser.newContext();
  const ada = await context.newPage();
  await enter(ada, room, "Ada");
  await expect(ada).toHaveTitle(`(1) ${room} · Rollcall`);
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await context.storageState(),
  });
  const page = await plain.newPage();
  const answer = await page.goto(`/rooms/${room}`);
  expect(answer?.headers()["cache-control"]).toContain("no-store");
  await expect(person(page, "Ada")).toHaveAttribute("data-status", "online");
  await expect(page.getByRole("heading", { name: "Online 1" })).toBeVisible();
  expect(await page.content()).toContain("This page needs JavaScript");

  // With JavaScript nothing moves while the page starts.
  const errors: string[] = [];
  const again = await context.newPage();
  again.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  again.on("pageerror", (error) => errors.push(error.message));
  await again.addInitScript(() => {
    const shifted: string[] = [];
    Object.assign(window, { shifted });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        for (const { node } of Object(entry).sources) shifted.push(node?.outerHTML?.slice(0, 200));
    }).observe({ type: "layout-shift", buffered: true });
  });
  await again.goto(`/rooms/${room}`);
  await expect(person(again, "Ada")).toBeVisible();
  await expectLive(again);
  expect(await again.evaluate(() => Object(window).shifted)).toEqual([]);
  expect(errors).toEqual([]);
  await Promise.all([context.close(), plain.close()]);
});
