import { expect, test, type Browser, type Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { signToken, TestClient } from "../server/testing/test-client";
import {
  leave,
  clippedTexts,
  enter,
  enterAsAdmin,
  expectLive,
  expectNoViolations,
  expectStatus,
  newRoom,
  person,
} from "./people";

let room: string;
let ada: Page;
let admin: Page;

async function arrive(browser: Browser, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await enter(page, room, name);
  return page;
}

async function openPanel(page: Page, name: string) {
  await page.getByRole("button", { name, exact: true }).click();
  const panel = page.getByRole("dialog", { name });
  await expect(panel).toBeVisible();
  return panel;
}

test.beforeEach(async ({ browser }) => {
  room = newRoom();
  ada = await arrive(browser, "Ada");
  admin = await (await browser.newContext()).newPage();
  await enterAsAdmin(admin, room);
  await expect(person(admin, "Ada")).toBeVisible();
});

test.afterEach(async () => {
  for (const page of [ada, admin]) await page.context().close();
});

test("the directory shows live counts of each room, can be searched by name, and links to the room", async ({
  browser,
}) => {
  await admin.goto(`/admin?q=${room}`);
  const row = admin.locator(`[data-room="${room}"]`);
  await expect(row).toContainText(/\d/);
  const present = async () => {
    const [, online = "", away = ""] = await row
      .getByRole("cell")
      .or(row.getByRole("rowheader"))
      .allInnerTexts();
    return Number(online) + Number(away);
  };
  await expect.poll(present).toBe(1);
  const ben = await arrive(browser, "Ben");
  await expect.poll(present).toBe(2);
  await ben.context().close();

  await admin.getByLabel("Search rooms by name").fill("no such room");
  await expect(admin.getByText("No room's name contains «no such room».")).toBeVisible();
  await admin.getByLabel("Search rooms by name").fill(room);
  await expect(admin).toHaveURL(new RegExp(`q=${room}`));
  await row.getByRole("link").click();
  await expectLive(admin);
  await expect(admin).toHaveURL(new RegExp(`/admin/rooms/${room}$`));
});

test("[ST5] [CN4] a person's panel shows the reason, the device and the day so far", async () => {
  const panel = await openPanel(admin, "Ada");
  await expect(admin).toHaveURL(/user=/);
  await expect(panel).toHaveAccessibleDescription(/^(Online: active|Away: .+ idle since)/);
  const card = panel.locator("[data-connection-card]");
  await expect(card).toContainText("Chrome");
  await expect(card).toContainText("visible");
  await expect(card).toContainText(/round trip \d+ ms/);
  await expect(panel.locator("[data-segment=online]")).not.toHaveCount(0);
  // Arrow keys read the bar.
  const bar = panel.getByRole("slider");
  await bar.focus();
  await admin.keyboard.press("Home");
  await expect(bar).toHaveAttribute("aria-valuetext", /^Online from .+ to .+/);

  // The open panel follows the person's changes.
  await ada.close();
  await expect(panel).toHaveAccessibleDescription(/^Offline: the page was closed/);
  await expect(panel.getByRole("listitem").first()).toContainText("Offline");

  // The URL names the open panel. The back button and Escape close it, and focus returns.
  await admin.reload();
  await expect(admin.getByRole("dialog", { name: "Ada" })).toBeVisible();
  await admin.keyboard.press("Escape");
  await expect(admin.getByRole("dialog")).toHaveCount(0);
  await expect(admin).not.toHaveURL(/user=/);
  await expect(admin.getByRole("button", { name: "Ada", exact: true })).toBeFocused();
  await admin.keyboard.press("Enter");
  await expect(admin.getByRole("dialog", { name: "Ada" })).toBeVisible();
});

test("an admin disconnects a person, who can return", async () => {
  const panel = await openPanel(admin, "Ada");
  await panel.getByRole("button", { name: "Disconnect" }).click();
  await expect(panel.getByText("One connection was closed.")).toBeVisible();
});

test("[DB3] an admin confirms and erases a person, and the room no longer knows them", async () => {
  await leave(ada);
  await expectStatus(admin, "Ada", "offline");
  const panel = await openPanel(admin, "Ada");
  const id = new URL(admin.url()).searchParams.get("user");
  await panel.getByRole("button", { name: "Erase…" }).click();
  const warning = admin.getByRole("alertdialog", { name: "Erase Ada?" });
  await expect(warning).toContainText("cannot be undone");
  await warning.getByRole("button", { name: "Keep" }).click();
  await expect(person(admin, "Ada")).toHaveCount(1);
  await panel.getByRole("button", { name: "Erase…" }).click();
  await warning.getByRole("button", { name: "Erase Ada" }).click();
  await expect(admin.getByText("Nobody has been in")).toBeVisible();
  expect(await admin.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
  const answer = await admin.request.get(`/api/admin/rooms/${room}/users/${id}`);
  expect(answer.status()).toBe(404);
  expect(answer.headers()["content-type"]).toBe("application/problem+json");
});

test("[DB3] the chart is shown, can be read by arrow keys, and has a table beside it", async () => {
  const chart = admin.getByRole("slider", { name: "Online and away over the last 24 hours" });
  await expect(chart.locator("canvas")).toBeVisible();
  await chart.focus();
  await admin.keyboard.press("End");
  await expect(chart).toHaveAttribute("aria-valuetext", /: \d online.*, \d away$/);
  await admin.keyboard.press("Home");
  // The chart begins with the room.
  await expect(chart).toHaveAttribute("aria-valuetext", /^\d\d:\d\d.*: 1 online.*, 0 away/);
  await admin.getByRole("button", { name: "Week" }).click();
  await expect(admin).toHaveURL(/range=week/);
  const table = admin.getByRole("table", { name: /over the last seven days, by day/ });
  await expect(table.getByRole("row")).not.toHaveCount(0);
  await admin.getByRole("button", { name: "History", exact: true }).click();
  await expect(admin.getByRole("slider")).toHaveCount(0);
  await admin.reload();
  await expectLive(admin);
  await expect(admin.getByRole("slider")).toHaveCount(0);
});

test("rows keep their places while the pointer is over the table, and are sorted afterwards", async ({
  browser,
}) => {
  const ben = await arrive(browser, "Ben");
  await expect(person(admin, "Ben")).toBeVisible();
  /** Names from top to bottom. The order of the elements differs from the order on screen. */
  const placed = () =>
    admin
      .locator("[data-user]")
      .evaluateAll((rows) =>
        rows
          .toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map((row) => row.querySelector("[data-opens]")?.textContent),
      );
  const box = await admin.locator("[data-user]").first().boundingBox();
  await admin.mouse.move((box?.x ?? 0) + 300, (box?.y ?? 0) + 5);
  const held = await placed();
  expect(new Set(held)).toEqual(new Set(["Ada", "Ben"]));
  // Offline users come last, and a newcomer before them.
  await leave(ada);
  await expectStatus(admin, "Ada", "offline");
  const cleo = await arrive(browser, "Cleo");
  await expect(person(admin, "Cleo")).toBeVisible();
  await expect(admin.getByText("Order held while you are in the list")).toBeVisible();
  expect(await placed()).toEqual([...held, "Cleo"]);
  await admin.mouse.move(5, 5);
  await expect.poll(async () => (await placed()).at(-1)).toBe("Ada");
  await expect(admin.getByText("Order held while you are in the list")).toHaveCount(0);
  for (const page of [ben, cleo]) await page.context().close();
});

test("the table is one tab stop, and keys move the focus to rows that are not rendered yet", async () => {
  const url = `http://127.0.0.1:${process.env["ROLLCALL_PARTY_PORT"]}`;
  const secret = process.env["ROLLCALL_TOKEN_SECRET"] ?? "";
  // The pointer is where the sign-in's button was, which is over the table now and would keep rows in the order of arrival.
  await admin.mouse.move(5, 5);
  const crowd = await Promise.all(
    Array.from({ length: 29 }, async (_, index) => {
      const who = { user: `p${index + 10}`, name: `P${index + 10}` };
      return TestClient.join(url, room, { ...who, token: await signToken({ ...who, secret }) });
    }),
  );
  await expect(admin.getByRole("button", { name: "All 30" })).toBeVisible();
  await admin.setViewportSize({ width: 1440, height: 500 });
  const nameOfFocus = () => admin.evaluate(() => document.activeElement?.textContent);
  await admin.getByRole("button", { name: "Ada", exact: true }).focus();
  await admin.keyboard.press("j");
  await expect.poll(nameOfFocus).toBe("P10");
  await admin.keyboard.press("End");
  await expect.poll(nameOfFocus).toBe("P38");
  await admin.keyboard.press("PageUp");
  await expect.poll(nameOfFocus).toMatch(/^P(?!38)\d\d$/);
  await admin.keyboard.press("Home");
  await expect.poll(nameOfFocus).toBe("Ada");
  // The focused row stays, however far the table is scrolled.
  await admin.locator("[data-stale]").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
  await expect(person(admin, "P38")).toBeVisible();
  expect(await nameOfFocus()).toBe("Ada");
  await admin.keyboard.press("Tab");
  expect(await admin.evaluate(() => document.activeElement?.closest("[data-user]"))).toBeNull();
  await Promise.all(crowd.map((client) => client.leave()));
});

test("at 400 % zoom the table has rows", async () => {
  await admin.setViewportSize({ width: 320, height: 256 });
  const row = person(admin, "Ada");
  await row.scrollIntoViewIfNeeded();
  await expect(row).toBeInViewport({ ratio: 0.9 });
});

test("[VW2] on a phone no status chip is cut off, however many people there are", async () => {
  for (const width of [375, 390]) {
    await admin.setViewportSize({ width, height: 800 });
    for (const chip of await admin
      .getByRole("group", { name: "Filter by status" })
      .getByRole("button")
      .all()) {
      const box = await chip.boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? width + 1)).toBeLessThanOrEqual(width - 8);
    }
  }
});

test("on a phone no menu of the dashboard cuts off its text", async () => {
  for (const width of [375, 320]) {
    await admin.setViewportSize({ width, height: 800 });
    // The DOM does not tell the width of a select's text. A copy with one option and free width does.
    const cutOff = await admin.getByLabel("Sort by").evaluate((select: HTMLSelectElement) =>
      [...select.options]
        .filter((option) => {
          const free = select.cloneNode() as HTMLSelectElement;
          free.append(option.cloneNode(true));
          Object.assign(free.style, { position: "absolute", width: "max-content", maxWidth: "none" });
          select.after(free);
          const wanted = free.getBoundingClientRect().width;
          free.remove();
          return wanted > select.getBoundingClientRect().width;
        })
        .map(({ label }) => label),
    );
    expect(cutOff).toEqual([]);
    await admin.getByRole("button", { name: "Theme" }).click();
    expect(await clippedTexts(admin.getByRole("menu"))).toEqual([]);
    await admin.keyboard.press("Escape");
    await admin.getByRole("button", { name: "Accuracy" }).click();
    const figures = admin.getByRole("dialog", { name: "Accuracy of this room" });
    await expect(figures).toContainText("Deaths noticed");
    expect(await clippedTexts(figures)).toEqual([]);
    await admin.keyboard.press("Escape");
    expect(await admin.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
});

test("the export contains the shown rows in their order, and no name in it is a formula", async ({
  browser,
}) => {
  const eve = await arrive(browser, '=HYPERLINK("x","y")');
  const bob = await arrive(browser, "Bob");
  await expect(person(admin, "Bob")).toBeVisible();
  await admin.getByLabel("Search by name or id").fill("b");
  await admin.getByRole("columnheader", { name: "Name" }).getByRole("button").click();
  await expect(admin).toHaveURL(/sort=name/);
  await admin.getByLabel("Search by name or id").fill("");
  const saved = admin.waitForEvent("download");
  await admin.getByRole("button", { name: "Export as CSV" }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toMatch(new RegExp(`^rollcall-${room}-\\d{4}-\\d\\d-\\d\\d\\.csv$`));
  const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
  expect(lines[0]?.replace("\uFEFF", "")).toBe(
    "id,name,status,since,last seen,connections,devices,availability,message",
  );
  expect(lines.slice(1).map((line) => line.slice(line.indexOf(",") + 1))).toEqual([
    expect.stringMatching(/^"'=HYPERLINK\(""x"",""y""\)",(online|away),/),
    expect.stringMatching(/^Ada,(online|away),\d{4}-.+Z,,1,/),
    expect.stringMatching(/^Bob,(online|away),\d{4}-.+Z,,1,Chrome/),
  ]);
  for (const page of [eve, bob]) await page.context().close();
});

test("[HB9] one click shows the room's own figures", async () => {
  await admin.getByRole("button", { name: "Accuracy" }).click();
  const figures = admin.getByRole("dialog", { name: "Accuracy of this room" });
  await expect(figures).toContainText("Deaths noticed");
  await expect(figures).toContainText(/Messages in\s*\d+/);
});

test("[SE5] without an admin's cookie the app reveals nothing about rooms and changes nothing", async ({
  request,
}) => {
  for (const path of ["", `/${room}/history`, `/${room}/stats`, `/${room}/users/x`]) {
    const answer = await request.get(`/api/admin/rooms${path}`);
    expect(answer.status()).toBe(401);
  }
  expect((await request.delete(`/api/admin/rooms/${room}/users/x`)).status()).toBe(401);
  // A page of another site sends the cookie along, and is refused.
  const forged = await admin.request.delete(`/api/admin/rooms/${room}/users/x`, {
    headers: { "sec-fetch-site": "cross-site" },
  });
  expect(forged.status()).toBe(403);
});

for (const width of [375, 1440]) {
  test(`axe finds nothing on the dashboard, ${width} px wide`, async () => {
    await admin.setViewportSize({ width, height: 900 });
    await admin.emulateMedia({ reducedMotion: "reduce" });
    for (const colorScheme of ["light", "dark"] as const) {
      await admin.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await admin.goto(`/admin?q=${room}`);
      await expect(admin.locator(`[data-room="${room}"]`)).toBeVisible();
      await expectNoViolations(admin);
      await admin.goto(`/admin/rooms/${room}?range=day`);
      await expect(admin.locator("[data-history-chart] canvas")).toBeVisible();
      await expectNoViolations(admin);
      const panel = await openPanel(admin, "Ada");
      await expect(panel.locator("[data-day-bar]")).toBeVisible();
      await expectNoViolations(admin);
      await panel.getByRole("button", { name: "Erase…" }).click();
      await expect(admin.getByRole("alertdialog")).toBeVisible();
      await expectNoViolations(admin);
      expect(await admin.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });
}
