import { expect, test } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { testProvider, type TestProvider } from "../party/testing/provider";
import { freePort } from "../scripts/ports.mjs";
import { startStack, type Stack } from "../scripts/stack.mjs";
import { SHORT_TIMINGS, testSecrets } from "../scripts/test-settings.mjs";
import { person } from "./people";

// Servers of their own, for a team that has an identity provider.
let provider: TestProvider;
let stack: Stack;
let stateDir: string;

test.beforeAll(async () => {
  provider = await testProvider();
  stateDir = await mkdtemp(path.join(tmpdir(), "rollcall-e2e-"));
  stack = await startStack({
    stateDir,
    settings: {
      ...SHORT_TIMINGS,
      ...testSecrets(),
      ...provider.env,
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

test("[SE5] where guests are off a room's page has no form, and leads to where one signs in", async ({
  page,
}) => {
  await page.goto(`${stack.appUrl}/rooms/design`);
  await expect(page.getByRole("heading", { name: "Sign in to enter design" })).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Sign in" })).toHaveAttribute(
    "href",
    "https://app.example.com/sign-in?from=presence&room=design",
  );
});

test("[SE1] whoever arrives with a provider's token is in the room under the name that the provider knows", async ({
  page,
}) => {
  const token = await provider.sign({ sub: "user_1", name: "Ada Lovelace", rooms: ["design"] });
  await page.goto(`${stack.appUrl}/arrive#token=${token}&room=design`);
  await expect(person(page, "Ada Lovelace")).toBeVisible();
  expect(page.url()).toBe(`${stack.appUrl}/rooms/design`);
  await expect(page.getByRole("button", { name: "Change your name" })).toHaveCount(0);
  await page.goto(`${stack.appUrl}/rooms/board`);
  await expect(page.getByRole("heading", { name: "You may not enter board" })).toBeVisible();
  // Neither is a member an admin.
  await page.goto(`${stack.appUrl}/admin`);
  await expect(page.getByLabel("Password")).toBeVisible();
  // Leaving ends the sign-in here, and the token may open another.
  await page.goto(`${stack.appUrl}/rooms/design`);
  await page.getByRole("button", { name: "Leave" }).click();
  await expect(page.getByText("You have left.")).toBeVisible();
  await page.goto(`${stack.appUrl}/arrive#token=${token}`);
  await expect(person(page, "Ada Lovelace")).toBeVisible();
});

test("[SE5] an admin by a claim is one here without a password", async ({ page }) => {
  const token = await provider.sign({ sub: "user_2", name: "Grace", rooms: ["*"], role: ["owner"] });
  await page.goto(`${stack.appUrl}/arrive#token=${token}`);
  await expect(person(page, "Grace")).toBeVisible();
  await page.goto(`${stack.appUrl}/admin`);
  await expect(page.getByLabel("Password")).toHaveCount(0);
  await expect(page.locator('[data-room="lobby"]')).toBeVisible();
});

test("[SE1] a token that is not taken says why, and leaves no trace in the address", async ({ page }) => {
  const token = await provider.sign({ sub: "user_3", rooms: [] });
  await page.goto(`${stack.appUrl}/arrive#token=${token}&room=design`);
  await expect(page.getByRole("alert").filter({ hasText: "rooms" })).toBeVisible();
  expect(page.url()).toBe(`${stack.appUrl}/arrive`);
});
