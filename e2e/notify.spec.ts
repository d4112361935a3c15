import { expect, test, type Page } from "@playwright/test";
import { enter, expectStatus, newRoom, person } from "./people";

/** Makes a page's notifications readable. A test cannot see what Chromium shows outside the page. */
async function recordNotifications(page: Page, answer: NotificationPermission): Promise<void> {
  await page.addInitScript((answer) => {
    const record = { asked: 0, shown: [] as string[] };
    Object.assign(window, { record });
    window.Notification = class extends EventTarget {
      static permission: NotificationPermission = "default";
      static async requestPermission(): Promise<NotificationPermission> {
        record.asked += 1;
        return (this.permission = answer);
      }
      constructor(title: string) {
        super();
        record.shown.push(title);
      }
      close(): void {}
    } as unknown as typeof Notification;
  }, answer);
}

const recorded = (page: Page): Promise<{ asked: number; shown: string[] }> =>
  page.evaluate(() => (window as unknown as { record: { asked: number; shown: string[] } }).record);

const bell = (page: Page) => page.getByRole("button", { name: "Notify me when Ada is online" });

for (const answer of ["granted", "denied"] as const) {
  test(`a user who asks is notified once when somebody is back, and only then asked for permission (${answer})`, async ({
    browser,
  }) => {
    const room = newRoom();
    const adaContext = await browser.newContext();
    const ada = await adaContext.newPage();
    const ben = await (await browser.newContext()).newPage();
    await recordNotifications(ben, answer);
    await enter(ada, room, "Ada");
    await enter(ben, room, "Ben");
    await expectStatus(ben, "Ada", "online");
    await expect(bell(ben)).toHaveCount(0);

    await ada.close();
    await expectStatus(ben, "Ada", "offline");
    expect(await recorded(ben)).toEqual({ asked: 0, shown: [] });
    await bell(ben).click();
    await expect(bell(ben)).toHaveAttribute("aria-pressed", "true");
    await expect.poll(async () => (await recorded(ben)).asked).toBe(1);

    const back = await adaContext.newPage();
    await back.goto(`/rooms/${room}`);
    await expectStatus(ben, "Ada", "online");
    if (answer === "granted") {
      await expect.poll(async () => (await recorded(ben)).shown).toEqual(["Ada is online"]);
    } else {
      await expect(ben.getByText("Ada is online.", { exact: true })).toBeVisible();
      await ben.getByRole("button", { name: "Dismiss" }).click();
      expect((await recorded(ben)).shown).toEqual([]);
    }

    // Only once. The next return is not announced.
    await back.close();
    await expectStatus(ben, "Ada", "offline");
    await expect(bell(ben)).toHaveAttribute("aria-pressed", "false");
    await expect(person(ben, "Ada").getByRole("button", { name: /Notify/ })).toBeVisible();
    await adaContext.close();
    await ben.context().close();
  });
}
