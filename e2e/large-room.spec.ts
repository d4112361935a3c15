import { expect, test, type Browser, type Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { signToken, TestClient } from "../server/testing/test-client";
import { enter, enterAsAdmin, expectNoViolations, expectStatus, newRoom, person } from "./people";

/** More rows than an admin's table fetches at once, so it has to fetch again. */
const PEOPLE = 260;

let room: string;
let crowd: TestClient[];

const nameOf = (index: number): string => `Person ${String(index).padStart(3, "0")}`;

async function open(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

test.beforeEach(async () => {
  room = newRoom();
  const url = `http://127.0.0.1:${process.env["ROLLCALL_PARTY_PORT"]}`;
  const secret = process.env["ROLLCALL_TOKEN_SECRET"] ?? "";
  const one = async (index: number): Promise<TestClient> => {
    const who = { user: `person-${index}`, name: nameOf(index) };
    return TestClient.join(url, room, { ...who, token: await signToken({ ...who, secret }) });
  };
  crowd = await Promise.all(Array.from({ length: PEOPLE }, (_, index) => one(index)));
});

test.afterEach(async () => {
  await Promise.all(crowd.map((client) => client.leave()));
});

test("[VW2] people find anybody in a room that is too large to send whole, and see them come and go", async ({
  browser,
}) => {
  const ada = await open(browser);
  await enter(ada, room, "Ada");
  await expect(ada.getByRole("button", { name: "Online 261" })).toBeVisible();
  await expect(ada.getByRole("heading", { name: "Online 261" })).toBeVisible();
  // A wheel reaches everybody. Only rows near the view are on the page.
  await ada.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await expect(person(ada, nameOf(PEOPLE - 1))).toBeVisible();
  expect(await ada.locator("[data-user]").count()).toBeLessThan(150);
  await ada.keyboard.press("/");
  await ada.keyboard.type("person 25");
  await expect(ada.locator("[data-user]")).toHaveCount(10);
  crowd[250]?.send({ type: "signOut" });
  await expectStatus(ada, nameOf(250), "offline");
  await expect(ada.getByRole("button", { name: "Online 260" })).toBeVisible();
  await expect(ada.getByRole("button", { name: "Offline 1" })).toBeVisible();
  await ada.context().close();
});

test("[VW2] the admin's table scrolls, searches, opens and exports a room that is too large to send whole", async ({
  browser,
}) => {
  const admin = await open(browser);
  await enterAsAdmin(admin, room);
  await expect(admin.getByRole("button", { name: "Online 260" })).toBeVisible();
  const table = admin.getByRole("table", { name: "People", exact: true });
  await expect(table).toHaveAttribute("aria-rowcount", String(PEOPLE + 1));
  await expect(person(admin, nameOf(0))).toBeVisible();

  // Its last row was not in the first fetch.
  await admin.locator("[data-stale]").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
  await expect(person(admin, nameOf(PEOPLE - 1))).toBeVisible();
  const name = admin.getByRole("button", { name: nameOf(PEOPLE - 1), exact: true });
  await name.click();
  const panel = admin.getByRole("dialog", { name: nameOf(PEOPLE - 1) });
  await expect(panel).toHaveAccessibleDescription(/^Online: active/);
  await admin.keyboard.press("Escape");
  // The same rows are still in view.
  await expect(name).toBeFocused();

  await admin.getByLabel("Search by name or id").fill("person 00");
  await expect(table).toHaveAttribute("aria-rowcount", "11");
  await expect(person(admin, nameOf(0))).toBeVisible();
  crowd[3]?.send({ type: "signOut" });
  await expectStatus(admin, nameOf(3), "offline");
  await expect(admin.getByRole("button", { name: "Online 259" })).toBeVisible();

  const saved = admin.waitForEvent("download");
  await admin.getByRole("button", { name: "Export as CSV" }).click();
  const lines = (await readFile(await (await saved).path(), "utf8")).trim().split("\r\n");
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toMatch(/^person-3,Person 003,offline,/);

  await admin.emulateMedia({ reducedMotion: "reduce" });
  await expectNoViolations(admin);
  await admin.context().close();
});
