import { expect, test, type Page } from "@playwright/test";
import {
  leave,
  clippedTexts,
  enter,
  enterAsAdmin,
  expectNoViolations,
  expectStatus,
  newRoom,
  person,
  watch,
} from "./people";

const status = (page: Page) => page.getByRole("button", { name: /^Your status/ });
const message = (page: Page, name: string) => person(page, name).locator("[data-message]");

async function newPage(page: Page): Promise<Page> {
  const browser = page.context().browser();
  if (!browser) throw new Error("there is no browser");
  return (await browser.newContext()).newPage();
}

test("[ST3 ST4] a status is chosen by keyboard, and others see it", async ({ page }) => {
  const [room, ben] = [newRoom(), await newPage(page)];
  await enter(page, room, "Ada");
  await enter(ben, room, "Ben");
  await page.keyboard.press("s");
  await expect(page.locator("[role=menu]:focus, [role=menu] :focus")).toBeVisible();
  await page.keyboard.press("F");
  await expect(page.getByRole("menuitem", { name: "Focusing" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(status(page)).toHaveAccessibleName("Your status: Do not disturb");
  await expect(status(page)).toBeFocused();
  await expect(message(ben, "Ada")).toHaveText("🎧 Focusing");
  await expect(person(ben, "Ada")).toHaveAttribute("data-dnd", "true");
  await page.keyboard.press("Enter");
  await expect(page.locator("[role=menu] :focus")).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitemradio", { name: "Away" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(status(page)).toHaveAccessibleName("Your status: Away");
  await expectStatus(ben, "Ada", "away");
  await ben.context().close();
});

test("[ST3] an availability gets an end, with a preview of when that is", async ({ page }) => {
  await enter(page, newRoom(), "Ada");
  await status(page).click();
  await page.getByRole("menuitemradio", { name: /^Do not disturb/ }).click();
  await status(page).click();
  await page.getByRole("menuitem", { name: "Clear after no end" }).click();
  const hour = page.getByRole("menuitem", { name: /^After 1 hour until (tomorrow at )?\d\d:\d\d/ });
  const preview = (await hour.textContent())?.replace("After 1 hour", "") ?? "nothing";
  // As a hand moves the pointer: step by step.
  const box = await hour.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 100, (box?.y ?? 0) + 16, { steps: 25 });
  await page.mouse.down();
  await page.mouse.up();
  await status(page).click();
  await expect(page.getByRole("menuitem", { name: /^Clear after/ })).toContainText(preview);
  await expect(page.getByRole("menuitemradio", { name: /^Do not disturb/ })).toContainText(preview);
});

test("[ST4] a message is set, shown with its emoji, and cleared", async ({ page }) => {
  const [room, ben] = [newRoom(), await newPage(page)];
  await enter(page, room, "Ada");
  await enter(ben, room, "Ben");
  await status(page).click();
  await page.getByRole("menuitem", { name: "Something else…" }).click();
  await page.getByLabel("What is going on?").fill("At the dentist, back at three or a little later");
  await page.getByText("🚆").click();
  await page.getByLabel("Clear it").selectOption("After 1 hour");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(status(page)).toBeFocused();
  await expect(message(ben, "Ada")).toHaveText("🚆 At the dentist, back at three or a little later");
  await expect(status(page)).toContainText("until");
  // Another tab shows it too.
  const second = await page.context().newPage();
  await second.goto(`/rooms/${room}`);
  await expect(status(second)).toContainText("At the dentist");
  await status(second).click();
  await second.getByRole("menuitem", { name: "Clear the message" }).click();
  await expect(message(ben, "Ada")).toHaveCount(0);
  await expect(status(page)).not.toContainText("At the dentist");
  await ben.context().close();
});

test("[PR2] an invisible user's own page says so, members see the user leave, and admins see the real status", async ({
  page,
}) => {
  const [room, ben, admin] = [newRoom(), await newPage(page), await newPage(page)];
  await enter(page, room, "Ada");
  await enter(ben, room, "Ben");
  await enterAsAdmin(admin, room);
  await expect(person(ben, "Ada")).toBeVisible();
  const seen = await watch(ben, "Ada");
  await status(page).click();
  await page.getByRole("menuitemradio", { name: "Invisible" }).click();
  await expect(status(page)).toHaveAccessibleName("Your status: Invisible");
  await expectStatus(ben, "Ada", "offline");
  await page.reload();
  await expect(status(page)).toHaveAccessibleName("Your status: Invisible");
  await page.keyboard.press("s");
  await expect(page.getByText("You are invisible: the others see you as offline.")).toBeVisible();
  // Online, or away by now on a slow machine.
  await expect(person(admin, "Ada")).not.toHaveAttribute("data-status", "offline");
  await expect(person(admin, "Ada").getByRole("img", { name: "invisible to members" })).toBeVisible();
  expect((await seen()).filter((each) => each !== "away")).toEqual(["online", "offline"]);
  await Promise.all([ben.context().close(), admin.context().close()]);
});

test("[PR3] a user who hides when they were last seen does not see it of others", async ({ page }) => {
  const [room, ben] = [newRoom(), await newPage(page)];
  await enter(page, room, "Ada");
  await enter(ben, room, "Ben");
  await leave(ben);
  await expectStatus(page, "Ben", "offline");
  await expect(person(page, "Ben").locator("time")).toBeVisible();
  await status(page).click();
  await page.getByRole("menuitemcheckbox", { name: /Hide when you were last seen/ }).click();
  await expect(person(page, "Ben").locator("time")).toHaveCount(0);
  await ben.context().close();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in the menu and the dialog on a phone, ${colorScheme}`, async ({ page }) => {
    // axe runs three times and is slow.
    test.slow();
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width: 375, height: 740 });
    await enter(page, newRoom(), "A person with a name that is longer than a phone is wide, by far");
    await page.keyboard.press("s");
    await page.getByRole("menuitem", { name: /Lunch/ }).waitFor();
    await expectNoViolations(page);
    await page.getByRole("menuitem", { name: /Something else/ }).click();
    await page
      .getByLabel("What is going on?")
      .fill("A message that is longer than a phone is wide, and then some more");
    await expectNoViolations(page);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.locator("[data-message]")).toBeVisible();
    await expectNoViolations(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
  });
}

test("[ST3] on a phone no line of the menu is cut off, even an hour before midnight", async ({ browser }) => {
  // A time zone where it is past 23:00, so that times of tomorrow are shown with the day.
  const ahead = 23 - new Date().getUTCHours();
  const hours = ahead > 12 ? ahead - 24 : ahead;
  // In this family of names, zones with a minus sign are east of Greenwich.
  const timezoneId = hours === 0 ? "Etc/GMT" : `Etc/GMT${hours > 0 ? "-" : "+"}${Math.abs(hours)}`;
  const context = await browser.newContext({ timezoneId, viewport: { width: 375, height: 740 } });
  const page = await context.newPage();
  await enter(page, newRoom(), "Ada");
  await page.keyboard.press("s");
  const menu = page.getByRole("menu");
  const focusing = page.getByRole("menuitem", { name: /^Focusing/ });
  await expect(focusing).toContainText(/until .+ at /);
  expect(await clippedTexts(menu)).toEqual([]);
  await focusing.click();
  await page.keyboard.press("s");
  await expect(page.getByRole("menuitemradio", { name: /^Do not disturb/ })).toContainText(/until .+ at /);
  expect(await clippedTexts(menu)).toEqual([]);
  await context.close();
});
