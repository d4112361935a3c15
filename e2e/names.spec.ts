import { expect, test, type Browser, type Page } from "@playwright/test";
import { connect } from "node:net";
import { once } from "node:events";
import { signToken, TestClient } from "../server/testing/test-client";
import { enter, enterAsAdmin, expectNoViolations, newRoom } from "./people";

// Each test opens several pages.
test.describe.configure({ timeout: 300_000 });

const PHONE = { width: 375, height: 740 };
const DESK = { width: 1440, height: 900 };

async function join(room: string, user: string, name = user): Promise<TestClient> {
  const url = `http://127.0.0.1:${process.env["ROLLCALL_PARTY_PORT"]}`;
  const token = await signToken({ user, name, secret: process.env["ROLLCALL_TOKEN_SECRET"] ?? "" });
  return TestClient.join(url, room, { user, token });
}

async function open(browser: Browser, viewport = DESK): Promise<Page> {
  return (await browser.newContext({ viewport })).newPage();
}

const row = (page: Page, id: string) => page.locator(`[data-user="${id}"]`);

/** Whether the element after a name begins where the name ends. */
async function standsAfterName(page: Page, id: string, selector: string): Promise<boolean> {
  return row(page, id).evaluate((element, selector) => {
    const name = element.querySelector("bdi")?.getBoundingClientRect();
    const next = element.querySelector(selector)?.getBoundingClientRect();
    return name !== undefined && next !== undefined && name.width > 0 && next.left >= name.right - 1;
  }, selector);
}

test("[NM1] the room page and the admin's table tell two people with look-alike names apart", async ({
  browser,
}) => {
  const room = newRoom();
  const crowd = [
    await join(room, "12345-first-ada", "Ada Lovelace"),
    await join(room, "12345-other-eve", "Аdа Lоvеlасе"),
    await join(room, "ben", "Ben"),
    await join(room, "67890-sara-cohen", "שרה כהן"),
    await join(room, "98765-sara-other", "שרה כהן"),
    await join(room, "long-1", "L".repeat(80)),
    await join(room, "long-2", "l".repeat(80)),
  ];
  for (const viewport of [DESK, PHONE]) {
    const member = await open(browser, viewport);
    await enter(member, room, "Cleo");
    const admin = await open(browser, viewport);
    await enterAsAdmin(admin, room);
    for (const page of [member, admin]) {
      await expect(row(page, "12345-first-ada").locator("code")).toHaveText("12345…st-ada");
      await expect(row(page, "12345-other-eve").locator("code")).toHaveText("12345…er-eve");
      await expect(row(page, "long-1").locator("code")).toBeInViewport({ ratio: 1 });
      await expect(row(page, "ben").locator("code")).toHaveCount(0);
      // On one line, and not cut off.
      const ids = page.locator("[data-user] code");
      expect(
        await ids.evaluateAll((all) =>
          all.every((id) => id.clientHeight < 24 && id.scrollWidth <= id.clientWidth),
        ),
      ).toBe(true);
      // Without isolation of the name, digits after Hebrew would come before it.
      expect(await standsAfterName(page, "67890-sara-cohen", "code")).toBe(true);
      await expectNoViolations(page);
    }
    await member.screenshot({ path: `.test-results/names-member-${viewport.width}.png`, fullPage: true });
    await admin.screenshot({ path: `.test-results/names-admin-${viewport.width}.png` });
    await Promise.all([member.context().close(), admin.context().close()]);
  }
  await Promise.all(crowd.map((client) => client.leave()));
});

test("[NM1] a name has an id beside it only while a look-alike name is listed", async ({ browser }) => {
  const room = newRoom();
  const ada = await join(room, "ada", "Ada");
  const member = await open(browser);
  await enter(member, room, "Cleo");
  await expect(row(member, "ada").locator("bdi").first()).toHaveText("Ada");
  await expect(row(member, "ada").locator("code")).toHaveCount(0);
  const eve = await join(room, "eve", "ADA");
  await expect(row(member, "ada").locator("code")).toHaveText("ada");
  const renamed = await join(room, "eve", "Eve");
  await expect(row(member, "ada").locator("code")).toHaveCount(0);
  await Promise.all([ada, eve, renamed].map((client) => client.leave()));
  await member.context().close();
});

test("[NM1] a name that would reorder or hide the list is cleaned, and does not move its neighbours", async ({
  browser,
}) => {
  const room = newRoom();
  const crowd = [
    await join(room, "rlo", "Eve \u202Enimda"),
    await join(room, "blank", "\u200B"),
    await join(room, "lines", "Eve\n\nAdmin"),
    await join(
      room,
      "zalgo",
      Array.from("Zalgo", (letter) => letter + "\u0316\u0317\u0318\u031C".repeat(30)).join(""),
    ),
    await join(room, "hebrew", "שלום (1)"),
  ];
  const member = await open(browser);
  await enter(member, room, "Cleo");
  await expect(row(member, "rlo").locator("bdi").first()).toHaveText("Eve nimda");
  await expect(row(member, "blank").locator("bdi").first()).toHaveText("blank");
  await expect(row(member, "lines").locator("bdi").first()).toHaveText("Eve Admin");
  const heights = await member
    .locator("[data-user]")
    .evaluateAll((rows) => rows.map((each) => each.clientHeight));
  expect(new Set(heights).size).toBe(1);
  await expect(member.getByRole("img", { name: /^Online: / })).toHaveAttribute(
    "aria-label",
    /\u2068שלום \(1\)\u2069/,
  );
  const admin = await open(browser);
  await enterAsAdmin(admin, room);
  await row(admin, "hebrew").locator("[data-opens]").click();
  await admin.getByRole("button", { name: "Erase…" }).click();
  const dialog = admin.getByRole("alertdialog");
  // "Erase", the name and the question mark, from left to right.
  const order = await dialog.getByRole("heading").evaluate((heading) => {
    const lefts = [...heading.childNodes].map((node) => {
      const range = document.createRange();
      range.selectNode(node);
      return range.getBoundingClientRect().left;
    });
    return lefts.every((left, index) => index === 0 || left > (lefts[index - 1] as number));
  });
  expect(order).toBe(true);
  await Promise.all(crowd.map((client) => client.leave()));
  await Promise.all([member.context().close(), admin.context().close()]);
});

const IDS = [
  "a/b?c#d",
  "ada.rsc",
  "ada",
  "connections",
  "history",
  "%2e%2f",
  "..\\up",
  "index",
  " ",
  "\u202Eeve",
  "__proto__",
  "ünï+x",
  "a.json",
  "\u0000",
];

test("[NM2] the admin's page reads, disconnects and erases each listed user, whatever the id", async ({
  browser,
}) => {
  const room = newRoom();
  const crowd = new Map<string, TestClient>();
  for (const id of IDS) crowd.set(id, await join(room, id, `Person ${IDS.indexOf(id) + 20}`));
  const admin = await open(browser);
  await enterAsAdmin(admin, room);
  const remaining = [...IDS];
  for (const id of IDS) {
    const name = `Person ${IDS.indexOf(id) + 20}`;
    await admin.getByRole("button", { name, exact: true }).click();
    const sheet = admin.locator("[data-person-sheet]");
    await expect(sheet.getByRole("heading", { name })).toBeVisible();
    // The room's answer about this person, and no error.
    await expect(sheet.locator("dd").nth(2)).not.toHaveText("…");
    await expect(sheet.getByRole("alert")).toHaveCount(0);
    await sheet.getByRole("button", { name: "Disconnect" }).click();
    await expect(sheet.getByText("One connection was closed.")).toBeVisible();
    expect((await crowd.get(id)?.closed)?.code).toBe(4412);
    await sheet.getByRole("button", { name: "Erase…" }).click();
    await admin
      .getByRole("alertdialog")
      .getByRole("button", { name: /^Erase/ })
      .click();
    await expect(sheet).toHaveCount(0);
    remaining.splice(remaining.indexOf(id), 1);
    await expect(admin.locator("[data-user]")).toHaveCount(remaining.length);
    const left = await admin
      .locator("[data-user]")
      .evaluateAll((rows) => rows.map((each) => each.getAttribute("data-user")));
    expect(new Set(left)).toEqual(new Set(remaining));
  }
  await admin.context().close();
});

test("[NM2] no address of the app acts on a user other than the named one", async ({ browser, baseURL }) => {
  const room = newRoom();
  const people = ["ada", "connections", "x"];
  const crowd = await Promise.all(people.map((id) => join(room, id)));
  const admin = await open(browser);
  await enterAsAdmin(admin, room);
  const cookie = (await admin.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const { hostname, port, origin } = new URL(baseURL ?? "");
  async function erase(path: string): Promise<number> {
    const socket = connect(Number(port), hostname);
    socket
      .setEncoding("utf8")
      .write(
        `DELETE ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\nOrigin: ${origin}\r\n` +
          `Sec-Fetch-Site: same-origin\r\nCookie: ${cookie}\r\n\r\n`,
      );
    let text = "";
    socket.on("data", (part) => (text += part));
    await once(socket, "close");
    return Number(text.split(" ", 2)[1]);
  }
  const users = `/api/admin/rooms/${room}/users`;
  for (const path of [
    "//connections",
    "/ada.rsc",
    "/ada.json",
    "/ada/",
    "/",
    "/../",
    "/ada%00",
    "/ada.segments/x.segment.rsc",
    "/ada.prefetch.rsc",
  ]) {
    const status = await erase(users + path);
    expect.soft([path, status >= 300, status]).toEqual([path, true, status]);
  }
  await expect(admin.locator("[data-user]")).toHaveCount(people.length);
  for (const client of crowd) expect(client.socket.readyState).toBe(1);
  expect(await erase(`${users}/x`)).toBe(200);
  await Promise.all(crowd.map((client) => client.leave()));
  await admin.context().close();
});
