import { expect, test } from "@playwright/test";
import { enter, enterAsAdmin, expectNoViolations, newRoom, person } from "./people";

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of [
    { width: 375, height: 720 },
    { width: 1440, height: 900 },
  ]) {
    test(`axe finds nothing on any page, ${colorScheme}, ${viewport.width} px wide`, async ({ browser }) => {
      const context = await browser.newContext({ colorScheme, viewport, reducedMotion: "reduce" });
      const page = await context.newPage();
      const room = newRoom();
      await page.goto(`/rooms/${room}`);
      await expectNoViolations(page);
      await enter(page, room, "Ada");
      await expectNoViolations(page);

      const admin = await context.newPage();
      await admin.goto("/admin");
      await expectNoViolations(admin);
      await enterAsAdmin(admin, room);
      // Online, or away by now if axe was slow.
      await expect(person(admin, "Ada")).toBeVisible();
      await expectNoViolations(admin);
      await admin.goto("/rooms/not%20a%20room");
      await expectNoViolations(admin);
      // No element is wider than the screen.
      for (const each of [page, admin]) {
        expect(await each.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
          viewport.width,
        );
      }
      await context.close();
    });
  }
}

test("a person can join, read the list and leave by keyboard", async ({ page }) => {
  const room = newRoom();
  await page.goto(`/rooms/${room}`);
  await page.getByLabel("Your name").focus();
  await page.keyboard.type("Ada");
  await page.keyboard.press("Enter");
  const own = page.getByRole("button", { name: /^Your status/ });
  await expect(own).toBeVisible();
  for (let i = 0; i < 20 && !(await own.evaluate((button) => button === document.activeElement)); i += 1) {
    await page.keyboard.press("Tab");
  }
  await expect(own).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("[role=menu] :focus")).toBeVisible();
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem", { name: "Leave" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: `Join ${room}` })).toBeVisible();
});
