import { expect, test } from "@playwright/test";
import { leave, enter, enterAsAdmin, expectLive, expectStatus, newRoom, person, watch } from "./people";

test("the admin sees who is online, on which device and why, and is not listed", async ({ browser }) => {
  const room = newRoom();
  const ada = await (await browser.newContext()).newPage();
  await enter(ada, room, "Ada");
  const admin = await (await browser.newContext()).newPage();
  await enterAsAdmin(admin, room);
  await expectStatus(admin, "Ada", "online");
  await expect(person(admin, "Ada")).toContainText("Chrome");
  await expect(admin.locator("[data-user]")).toHaveCount(1);

  // With the reason (ST5).
  await expect(person(admin, "Ada")).toContainText(/Online\s*active/);

  // Another person arrives and leaves. The chips count them.
  const benContext = await browser.newContext();
  const ben = await benContext.newPage();
  await enter(ben, room, "Ben");
  await expectStatus(admin, "Ben", "online");
  await leave(ben);
  await expectStatus(admin, "Ben", "offline");
  await admin
    .getByRole("group", { name: "Filter by status" })
    .getByRole("button", { name: "Offline" })
    .click();
  await expect(person(admin, "Ada")).toHaveCount(0);
  await expect(admin).toHaveURL(/status=offline/);

  // The URL holds the filters, so that a view can be shared. No hexadecimal id contains this letter.
  await admin.goto(`/admin/rooms/${room}?q=n`);
  await expectLive(admin);
  await expect(person(admin, "Ben")).toBeVisible();
  await expect(person(admin, "Ada")).toHaveCount(0);
  await admin.keyboard.press("Escape");
  await admin.keyboard.press("/");
  await expect(admin.getByLabel("Search by name or id")).toBeFocused();
  // Members do not see the admin.
  await expect(ada.locator("[data-user]")).toHaveCount(2);
  for (const page of [ada, admin, ben]) await page.context().close();
});

test("[DB3] the admin confirms by the room's name, deletes it, and everybody in it is told", async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await (await browser.newContext()).newPage();
  await enter(ada, room, "Ada");
  const admin = await (await browser.newContext()).newPage();
  await enterAsAdmin(admin, room);
  await expect(person(admin, "Ada")).toBeVisible();
  await admin.getByRole("button", { name: "Delete room…" }).click();
  const dialog = admin.getByRole("alertdialog", { name: `Delete ${room}?` });
  await dialog.getByRole("button", { name: "Keep" }).click();
  await expect(person(ada, "Ada")).toBeVisible();
  await admin.getByRole("button", { name: "Delete room…" }).click();
  await dialog.getByRole("button", { name: `Delete ${room}` }).click();
  await expect(admin).toHaveURL(/\/admin$/);
  await expect(ada.getByText("This room was deleted.", { exact: true })).toBeVisible();
  await admin.getByLabel("Search rooms by name").fill(room);
  await expect(admin.getByText("0 rooms")).toBeVisible();
  await ada.getByRole("button", { name: "Reconnect" }).click();
  await expect(person(ada, "Ada")).toBeVisible();
  await expect(admin.getByRole("link", { name: room })).toBeVisible();
  for (const page of [ada, admin]) await page.context().close();
});

test("[HB3] the admin sees a connection become unresponsive while users see no change", async ({
  browser,
}) => {
  const room = newRoom();
  const context = await browser.newContext();
  const ada = await context.newPage();
  await enter(ada, room, "Ada");
  const admin = await (await browser.newContext()).newPage();
  await enterAsAdmin(admin, room);
  await expectStatus(admin, "Ada", "online");
  const ben = await (await browser.newContext()).newPage();
  await enter(ben, room, "Ben");
  // The suspicion is shorter than the polling of assertions, so an observer records it.
  const seenByAdmin = await watch(admin, "Ada", "unresponsive");
  const seenByBen = await watch(ben, "Ada");
  await context.setOffline(true);
  await expectStatus(admin, "Ada", "offline");
  await expectStatus(ben, "Ada", "offline");
  expect(await seenByAdmin()).toEqual(["online", "online unresponsive", "offline"]);
  expect(await seenByBen()).toEqual(["online", "offline"]);
  for (const page of [ada, admin, ben]) await page.context().close();
});

test("[SE5] a wrong password is refused, and guessing is slowed down", async ({ browser }) => {
  // A separate address, so that the sign-ins of other tests are not slowed down.
  const context = await browser.newContext({ extraHTTPHeaders: { "x-forwarded-for": "203.0.113.77" } });
  const page = await context.newPage();
  await page.goto("/admin");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText(/wrong|not right|not the/i).first()).toBeVisible();
  const cookies = await context.cookies();
  expect(cookies.filter(({ name }) => name === "rollcall_admin")).toEqual([]);
  const answers = [];
  for (let i = 0; i < 12; i += 1) {
    answers.push(await context.request.post("/api/admin/session", { data: { password: `guess ${i}` } }));
  }
  const slowed = answers.find((answer) => answer.status() === 429);
  expect(slowed?.headers()["retry-after"]).toBeTruthy();
  expect(answers.every((answer) => answer.status() === 401 || answer.status() === 429)).toBe(true);
  expect((await context.request.post("/api/admin/token", { data: { room: "lobby" } })).status()).toBe(401);
  await context.close();
});
