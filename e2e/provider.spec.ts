import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { testProvider, type TestProvider } from "../server/testing/provider";
import { freePort } from "../scripts/ports.mjs";
import { startStack, type Stack } from "../scripts/stack.mjs";
import { SHORT_TIMINGS, testSecrets } from "../scripts/test-settings.mjs";
import { createToken } from "../client/create-token";
import { openOwnMenu, leave, expectLive, person } from "./people";

// Separate servers, for a team with an identity provider.
let provider: TestProvider;
let stack: Stack;
let stateDir: string;
const secrets = testSecrets();

test.beforeAll(async () => {
  provider = await testProvider();
  stateDir = await mkdtemp(path.join(tmpdir(), "rollcall-e2e-"));
  stack = await startStack({
    stateDir,
    settings: {
      ...SHORT_TIMINGS,
      ...secrets,
      ...provider.env,
      ROLLCALL_ENGINE: "workerd",
      ROLLCALL_ROLE_CLAIM: "role",
      ROLLCALL_ADMIN_VALUE: "owner",
      ROLLCALL_SIGN_IN_URL: "https://app.example.com/sign-in?from=presence",
      ROLLCALL_APP_PORT: String(await freePort()),
      ROLLCALL_PARTY_PORT: String(await freePort()),
    },
  });
});

test.afterAll(async () => {
  await stack.stop();
  provider.close();
  await rm(stateDir, { recursive: true, force: true });
});

/** Opens a link from the team's app, and confirms the name in it. */
async function arrive(page: Page, hash: string, name: string): Promise<void> {
  await page.goto(`${stack.appUrl}/arrive#${hash}`);
  await page.getByRole("button", { name: `Continue as ${name}` }).click();
  await expect(person(page, name)).toBeVisible();
}

test("[SE5] without guests a room page has no form, and links to the sign-in", async ({ page }) => {
  await page.goto(`${stack.appUrl}/rooms/design`);
  await expect(page.getByRole("heading", { name: "Sign in to enter design" })).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Sign in" })).toHaveAttribute(
    "href",
    "https://app.example.com/sign-in?from=presence&room=design",
  );
});

test("[SE1] a user with a provider's token is in the room under the provider's name", async ({
  page,
  playwright,
}) => {
  const token = await provider.sign({ sub: "user_1", name: "Ada Lovelace", rooms: ["design"] });
  await arrive(page, `token=${token}&room=design`, "Ada Lovelace");
  expect(page.url()).toBe(`${stack.appUrl}/rooms/design`);
  await openOwnMenu(page);
  await expect(page.getByRole("menuitem", { name: "Leave" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Change your name…" })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await page.goto(`${stack.appUrl}/rooms/board`);
  await expect(page.getByRole("heading", { name: "You may not enter board" })).toBeVisible();
  // A member is not an admin.
  await page.goto(`${stack.appUrl}/admin`);
  await expect(page.getByLabel("Password")).toBeVisible();
  // Leaving ends this sign-in. The token can start another.
  await page.goto(`${stack.appUrl}/rooms/design`);
  const { cookies } = await page.context().storageState();
  const copy = await playwright.request.newContext({
    baseURL: stack.appUrl,
    storageState: { cookies, origins: [] },
  });
  expect((await copy.post("/api/token", { data: { room: "design" } })).status()).toBe(200);
  await leave(page);
  await expect(page.getByText("You have left.")).toBeVisible();
  // A copy of the cookie no longer works.
  await expect
    .poll(async () => (await copy.post("/api/token", { data: { room: "design" } })).status())
    .toBe(401);
  await copy.dispose();
  await arrive(page, `token=${token}`, "Ada Lovelace");
});

test("[SE5] an admin by claim needs no password", async ({ page }) => {
  const token = await provider.sign({ sub: "user_2", name: "Grace", rooms: ["*"], role: ["owner"] });
  await arrive(page, `token=${token}`, "Grace");
  await page.goto(`${stack.appUrl}/admin`);
  await expect(page.getByLabel("Password")).toHaveCount(0);
  await expect(page.locator('[data-room="lobby"]')).toBeVisible();
});

test("[SE1] an admin of one team sees only its room, and reaches no other by any address", async ({
  page,
  playwright,
}) => {
  const everybody = await provider.sign({ sub: "user_8", name: "Root", rooms: ["*"], role: "owner" });
  await arrive(page, `token=${everybody}&room=team-b`, "Root");
  await page.goto(`${stack.appUrl}/rooms/team-a`);
  await expect(person(page, "Root")).toBeVisible();
  await leave(page);
  await expect(page.getByText("You have left.")).toBeVisible();

  const token = await provider.sign({ sub: "user_9", name: "Tess", rooms: ["team-a"], role: "owner" });
  await arrive(page, `token=${token}`, "Tess");
  await page.goto(`${stack.appUrl}/admin`);
  await expect(page.locator('[data-room="team-a"]')).toBeVisible();
  await expect(page.locator("[data-room]")).toHaveCount(1);
  await expect(page.getByText("1 room", { exact: true })).toBeVisible();
  await page.goto(`${stack.appUrl}/admin?q=team-b`);
  await expect(page.getByText("No room's name contains «team-b»")).toBeVisible();
  await page.goto(`${stack.appUrl}/admin/rooms/team-a`);
  await expectLive(page);
  await expect(person(page, "Tess")).toBeVisible();
  await page.goto(`${stack.appUrl}/admin/rooms/team-b`);
  await expect(page.getByRole("heading", { name: "You may not enter team-b" })).toBeVisible();
  await page.getByRole("link", { name: "To your own rooms" }).click();
  await expect(page.locator('[data-room="team-a"]')).toBeVisible();

  const { cookies } = await page.context().storageState();
  const copy = await playwright.request.newContext({
    baseURL: stack.appUrl,
    storageState: { cookies, origins: [] },
  });
  const paths = ["users", "stats", "history", "users/user_8", "users/user_8/history"];
  for (const path of paths) {
    expect((await copy.get(`/api/admin/rooms/team-a/${path}`)).status(), path).toBeLessThan(405);
    expect((await copy.get(`/api/admin/rooms/team-b/${path}`)).status(), path).toBe(403);
  }
  expect((await copy.delete("/api/admin/rooms/team-b/users/user_8")).status()).toBe(403);
  expect((await copy.post("/api/admin/token", { data: { room: "team-b" } })).status()).toBe(403);
  expect((await copy.post("/api/token", { data: { room: "team-b" } })).status()).toBe(403);
  const { rooms } = await (await copy.get("/api/admin/rooms?rooms=team-b&limit=200")).json();
  expect(rooms.map(({ room }: { room: string }) => room)).toEqual(["team-a"]);

  // Signing out on the admin's page ends a copy of the cookie too.
  await page.goto(`${stack.appUrl}/admin/rooms/team-a`);
  await expectLive(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("Password")).toBeVisible();
  expect((await copy.get("/api/admin/rooms/team-a/users")).status()).toBe(401);
  expect((await copy.post("/api/admin/token", { data: { room: "team-a" } })).status()).toBe(401);
  await copy.dispose();
});

test("[SE1] a session ends with its token, and the app's own tokens sign nobody in", async ({
  page,
  playwright,
}) => {
  const claims = { sub: "user_10", name: "Short", rooms: ["design"], role: "owner" };
  await arrive(page, `token=${await provider.sign(claims, { expiresIn: 20 })}`, "Short");
  const { cookies } = await page.context().storageState();
  const last = Date.now() / 1_000 + 20;
  expect(cookies.map(({ name }) => name).toSorted()).toEqual(["rollcall_admin", "rollcall_session"]);
  for (const { expires } of cookies) expect(expires).toBeLessThanOrEqual(last);
  // A browser may keep a cookie past its expiry.
  const forEver = cookies.map((cookie) => ({ ...cookie, expires: last + 3_600 }));
  const copy = await playwright.request.newContext({
    baseURL: stack.appUrl,
    storageState: { cookies: forEver, origins: [] },
  });
  const statuses = async () => [
    (await copy.post("/api/token", { data: { room: "design" } })).status(),
    (await copy.post("/api/admin/token", { data: { room: "design" } })).status(),
  ];
  expect(await statuses()).toEqual([200, 200]);
  await expect.poll(statuses, { timeout: 30_000 }).toEqual([401, 401]);

  const own = await createToken({
    user: { id: "user_10", name: "Short" },
    rooms: ["*"],
    role: "admin",
    secret: secrets.ROLLCALL_TOKEN_SECRET,
  });
  const answer = await copy.post("/api/session", { headers: { authorization: `Bearer ${own}` } });
  expect([answer.status(), answer.headers()["set-cookie"]]).toEqual([403, undefined]);
  await page.goto(`${stack.appUrl}/arrive#token=${own}`);
  await expect(page.getByRole("alert").filter({ hasText: "signs nobody in" })).toBeVisible();
  await copy.dispose();
});

test("[SE1] a refused token is explained, and is removed from the address", async ({ page }) => {
  const token = await provider.sign({ sub: "user_3", rooms: [] });
  await page.goto(`${stack.appUrl}/arrive#token=${token}&room=design`);
  await expect(page.getByRole("alert").filter({ hasText: "rooms" })).toBeVisible();
  expect(page.url()).toBe(`${stack.appUrl}/arrive`);
});

test("[SE5] a link alone signs nobody in and replaces nobody", async ({ page, context }) => {
  const link = async (sub: string, name: string) => {
    const token = await provider.sign({ sub, name, rooms: ["design"] });
    return `${stack.appUrl}/arrive#token=${token}&room=design`;
  };
  await page.goto(await link("user_4", "Eve"));
  await expect(page.getByRole("button", { name: "Continue as Eve" })).toBeVisible();
  expect(page.url()).toBe(`${stack.appUrl}/arrive`);
  expect(await context.cookies()).toEqual([]);
  await page.goto(`${stack.appUrl}/rooms/design`);
  await expect(page.getByRole("heading", { name: "Sign in to enter design" })).toBeVisible();

  await page.goto(await link("user_5", "Ben"));
  await page.getByRole("button", { name: "Continue as Ben" }).click();
  await expect(person(page, "Ben")).toBeVisible();
  const before = await context.cookies();
  await page.goto(await link("user_4", "Eve"));
  await expect(page.getByText("Signed in now")).toBeVisible();
  await page.getByRole("link", { name: "Stay as Ben" }).click();
  await expect(page.getByRole("button", { name: /^Your status/ })).toBeVisible();
  expect(await context.cookies()).toEqual(before);
  await expect(person(page, "Eve")).toHaveCount(0);

  // The link names the signed-in user, so the page does not ask.
  await page.goto(await link("user_5", "Ben"));
  await expect(person(page, "Ben")).toBeVisible();
  expect(page.url()).toBe(`${stack.appUrl}/rooms/design`);
  expect(await context.cookies()).not.toEqual(before);
});

for (const width of [375, 1440]) {
  test(`axe finds nothing on the page that confirms the name, and a long name is not cut off, ${width} px wide`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height: 720 });
    const first = await provider.sign({ sub: "user_6", name: "B".repeat(80), rooms: ["*"], role: "owner" });
    await arrive(page, `token=${first}`, "B".repeat(80));
    const second = await provider.sign({ sub: "user_7", name: "Ada ".repeat(20).trim(), rooms: ["design"] });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto(`${stack.appUrl}/arrive#token=${second}&room=design`);
      await expect(page.getByText("Continuing signs the admin out")).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations).toEqual([]);
      for (const each of [
        page.getByRole("button", { name: /^Continue/ }),
        page.getByRole("link"),
        page.locator("html"),
      ])
        expect(
          await each.evaluate((element) => element.scrollWidth - element.clientWidth),
        ).toBeLessThanOrEqual(0);
      await page.goto(stack.appUrl);
    }
  });
}
