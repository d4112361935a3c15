import { expect, test } from "@playwright/test";
import { openOwnMenu, enter, expectStatus, newRoom, person, watch } from "./people";

/** Longer than the grace of a page that has announced that it leaves (scripts/test-settings.mjs). */
const STALL_MS = 6_000;

for (const where of ["on its way to the server", "on its way back"]) {
  test(`[GR1] [CN2] a user who changes their name on a connection that stalls ${where} is never shown as gone`, async ({
    browser,
  }) => {
    test.setTimeout(120_000);
    const room = newRoom();
    const ada = await (await browser.newContext()).newPage();
    const ben = await (await browser.newContext()).newPage();
    let sockets = 0;
    await ada.routeWebSocket(/\/parties\//, (socket) => {
      sockets += 1;
      if (sockets !== 2) return void socket.connectToServer();
      if (where === "on its way to the server")
        return void setTimeout(() => socket.connectToServer(), STALL_MS);
      const server = socket.connectToServer();
      server.onMessage((data) => void setTimeout(() => socket.send(data), STALL_MS / 4));
    });
    await enter(ada, room, "Ada");
    await enter(ben, room, "Ben");
    await expectStatus(ben, "Ada", "online");
    const seen = await watch(ben, "Ada");
    await openOwnMenu(ada);
    await ada.getByRole("menuitem", { name: "Change your name…" }).click();
    await ada.getByRole("textbox", { name: "Your name" }).fill("Ada Lovelace");
    await ada.getByRole("button", { name: "Save" }).click();
    await expect(person(ben, "Ada Lovelace")).toBeVisible({ timeout: 30_000 });
    expect(sockets).toBeGreaterThan(1);
    expect(await seen()).toEqual(["online"]);
    await expect(ada.getByRole("button", { name: /^Your status/ })).toBeFocused();
    await expect(ada.locator('[data-connection="live"]')).toBeVisible();
    await ada.context().close();
    await ben.context().close();
  });
}
