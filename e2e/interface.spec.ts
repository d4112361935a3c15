import { expect, test, type Browser, type Page } from "@playwright/test";
import { signToken, TestClient } from "../server/testing/test-client";
import { enter, enterAsAdmin, expectLive, expectStatus, newRoom, person } from "./people";

let room: string;
const crowds: TestClient[] = [];

test.beforeEach(() => void (room = newRoom()));
test.afterEach(async () => {
  await Promise.all(crowds.splice(0).map((client) => client.leave()));
});

async function newPage(browser: Browser, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  return (await browser.newContext(options)).newPage();
}

/** People who are online, beside those with pages. */
async function crowd(names: readonly string[]): Promise<void> {
  const url = `http://127.0.0.1:${process.env["ROLLCALL_PARTY_PORT"]}`;
  const secret = process.env["ROLLCALL_TOKEN_SECRET"] ?? "";
  const clients = names.map(async (name) => {
    const who = { user: name.toLowerCase().replaceAll(" ", "-"), name };
    return TestClient.join(url, room, { ...who, token: await signToken({ ...who, secret }) });
  });
  crowds.push(...(await Promise.all(clients)));
}

test("the key s opens the menu of the own status in view, however far the page is scrolled", async ({
  page,
}) => {
  await crowd(Array.from({ length: 25 }, (_, index) => `Person ${index + 10}`));
  await page.setViewportSize({ width: 375, height: 500 });
  await enter(page, room, "Ada");
  await expect(page.getByRole("heading", { name: "Online 26" })).toBeVisible();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.keyboard.press("s");
  await expect(page.getByRole("menuitemradio", { name: "Automatic" })).toBeInViewport();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);
  expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(100);
});

test("[SY6] a page that goes offline is stale within a second, with the own status", async ({ page }) => {
  await enter(page, room, "Ada");
  await page.context().setOffline(true);
  await expect(page.locator('main[data-stale="true"]')).toBeVisible({ timeout: 1_000 });
  await expect(page.getByRole("button", { name: "Your status: Not connected" })).toBeVisible();
  await expect(page.locator('[data-connection="live"]')).toHaveCount(0);
  await page.context().setOffline(false);
  await expectLive(page);
  await expect(page.getByRole("button", { name: "Your status: Online" })).toBeVisible();
});

test("people keep their places under a resting pointer", async ({ page }) => {
  await crowd(["Ben", "Cleo", "Dora"]);
  await enter(page, room, "Ada");
  await expect(person(page, "Dora")).toBeVisible();
  await person(page, "Cleo").hover();
  const before = await person(page, "Dora").boundingBox();
  crowds.find(({ roster }) => roster.selfId === "ben")?.send({ type: "signOut" });
  await expectStatus(page, "Ben", "offline");
  expect(await person(page, "Dora").boundingBox()).toEqual(before);
  await page.mouse.move(2, 2);
  await expect(page.getByRole("heading", { name: "Recently here 1" })).toBeVisible();
});

test("in forced colours statuses, pressed filters and the day's bar can be told apart", async ({
  browser,
}) => {
  const ada = await newPage(browser);
  await enter(ada, room, "Ada");
  const admin = await newPage(browser, { forcedColors: "active" });
  await enterAsAdmin(admin, room);
  await admin.getByRole("button", { name: "Ada", exact: true }).click();
  const colourOf = (selector: string) =>
    admin
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor);
  const segment = admin.locator("[data-segment=online], [data-segment=away]").first();
  await expect(segment).toBeVisible();
  expect(await colourOf("[data-segment=online], [data-segment=away]")).not.toBe(
    await colourOf("[data-day-bar]"),
  );
  expect(await colourOf('[aria-pressed="true"]')).not.toBe(await colourOf('[aria-pressed="false"]'));
  for (const page of [ada, admin]) await page.context().close();
});

test("a dark page prints light, and with every row", async ({ browser }) => {
  await crowd(Array.from({ length: 60 }, (_, index) => `Person ${index + 10}`));
  const admin = await newPage(browser, { colorScheme: "dark" });
  await enterAsAdmin(admin, room);
  await expect(admin.getByRole("button", { name: "All 60" })).toBeVisible();
  expect(await admin.locator("[data-user]").count()).toBeLessThan(60);
  await admin.emulateMedia({ media: "print", colorScheme: "dark" });
  await admin.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await expect(admin.locator("[data-user]")).toHaveCount(60);
  const lightness = await admin.evaluate(() => {
    const [red = 0] = getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
    return red;
  });
  expect(lightness).toBeGreaterThan(200);
  await admin.context().close();
});

test("an admin's room leads to the members' page, and a name that no room can have back to the rooms", async ({
  browser,
}) => {
  const admin = await newPage(browser);
  await enterAsAdmin(admin, room);
  await expect(admin.getByRole("link", { name: "Open the room" })).toHaveAttribute("href", `/rooms/${room}`);
  await admin.goto("/admin/rooms/not%20a%20room");
  await admin.getByRole("link", { name: "All rooms" }).click();
  await expect(admin).toHaveURL(/\/admin$/);
  await admin.context().close();
});

test("on a phone the panel of a person does not cover what the page says of the connection", async ({
  browser,
}) => {
  await crowd(["Ada"]);
  const admin = await newPage(browser, { viewport: { width: 375, height: 740 } });
  await enterAsAdmin(admin, room);
  await admin.getByRole("button", { name: "Ada", exact: true }).click();
  await expect(admin.getByRole("dialog", { name: "Ada" })).toBeVisible();
  await admin.context().setOffline(true);
  const banner = admin.getByRole("region", { name: "Connection" });
  await expect(banner).toBeVisible({ timeout: 30_000 });
  // A click that something covers fails.
  await banner.getByRole("button").click({ trial: true });
  await admin.context().close();
});

test("the focus returns to the own status after it was changed", async ({ page }) => {
  await enter(page, room, "Ada");
  await page.keyboard.press("s");
  await page.getByRole("menuitem", { name: "Lunch" }).click();
  await expect(page.getByRole("button", { name: /^Your status/ })).toBeFocused();
});
