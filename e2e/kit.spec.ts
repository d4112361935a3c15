import { expect, test, type Browser, type Page } from "@playwright/test";
import path from "node:path";
import { ROOT } from "../scripts/steps.mjs";
import { installTeamApp, startTeamApp, type TeamApp } from "../scripts/team-app/team-app.mjs";
import { expectNoViolations, expectStatus, person } from "./people";

// The guide's app, built from the guide's files and the packed kit, against this project's room server.
let app: TeamApp;
let url: string;
let stop: () => Promise<void> = async () => {};

test.beforeAll(async () => {
  test.setTimeout(120_000);
  app = await installTeamApp();
  const host = `127.0.0.1:${process.env["ROLLCALL_PARTY_PORT"]}`;
  ({ url, stop } = await startTeamApp(app, { host, secret: process.env["ROLLCALL_TOKEN_SECRET"] ?? "" }));
});

test.afterAll(async () => {
  await stop();
  await app.remove();
});

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(person(page, name)).toBeVisible();
}

async function open(browser: Browser, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, name);
  return page;
}

const faces = (page: Page) => page.getByRole("img", { name: /^Online: / });

test("an app built by the guide shows two people to each other, in its header and its list, as they come and go", async ({
  browser,
}) => {
  const ada = await open(browser, "Ada");
  await expect(ada.getByText("1 online")).toBeVisible();
  const grace = await open(browser, "Grace");
  for (const page of [ada, grace]) {
    await expect(page.getByText("2 online")).toBeVisible();
    await expect(faces(page)).toHaveAccessibleName(/Ada/);
    await expect(faces(page)).toHaveAccessibleName(/Grace/);
  }
  await expect(person(ada, "Ada (you)")).toBeVisible();
  const closedAt = Date.now();
  await grace.close();
  await expectStatus(ada, "Grace", "offline");
  await expect(faces(ada)).toHaveAccessibleName("Online: Ada");
  const lastSeen = await person(ada, "Grace").locator("time").getAttribute("datetime");
  expect(Math.abs(Date.parse(lastSeen ?? "") - closedAt)).toBeLessThan(3_000);
  await person(ada, "Grace").getByRole("button", { name: "just now" }).click();
  await expect(ada.getByRole("tooltip")).toContainText(String(new Date().getFullYear()));
  await ada.context().close();
});

test("[GR2] [SE1] signing out of the app ends all its tabs, and without a session there is no token", async ({
  browser,
}) => {
  const ada = await open(browser, "Ada");
  const second = await ada.context().newPage();
  await second.goto(url);
  await expect(person(second, "Ada (you)")).toBeVisible();
  await second.getByRole("button", { name: "Sign out" }).click();
  for (const page of [ada, second])
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  const answer = await ada.request.post(`${url}/api/token`, { data: { room: "team" } });
  expect(answer.status()).toBe(401);
  await ada.context().close();
});

test("[SY6] [SE3] an app that loses its connection or its session says so and what to do", async ({
  browser,
}) => {
  const ada = await open(browser, "Ada");
  await ada.context().setOffline(true);
  await expect(ada.getByText(/as of .+ ago/)).toBeVisible();
  await expect(faces(ada)).toHaveCount(0);
  await expect(ada.getByRole("region", { name: "Connection" })).toContainText("The connection is lost");
  await ada.context().clearCookies();
  await ada.context().setOffline(false);
  await ada.getByRole("button", { name: "Sign in again" }).click();
  await expect(ada.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await ada.context().close();
});

for (const colorScheme of ["light", "dark"] as const)
  test(`axe finds nothing in it, and no element is wider than a phone, ${colorScheme}`, async ({
    browser,
  }) => {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width: 375, height: 720 },
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    await signIn(page, "Ada");
    await expectNoViolations(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
    await context.close();
  });

for (const [moduleResolution, module] of [
  ["bundler", "esnext"],
  ["nodenext", "nodenext"],
])
  test(`the types of the installed package and of the guide's files for Next.js check with ${moduleResolution}`, async () => {
    const isBundled = moduleResolution === "bundler";
    await app.write({
      "app/current-user.ts": `
        export declare function currentUser(_: Request): Promise<{ id: string; name: string; sessionId: string } | null>;
        declare global { const process: { env: Record<string, string | undefined> } }`,
      // These must fail. An entry without types would be `any` and accept them.
      "types.ts": `
        import { usePresence, type ConnectionState } from "@rollcall/react";
        import { createPresenceClient } from "@rollcall/react/client";
        import { createToken } from "@rollcall/react/server";
        export const status: ConnectionState["status"] = usePresence().connection.status;
        // @ts-expect-error
        export const wrong: "nowhere" = usePresence().connection.status;
        // @ts-expect-error
        createPresenceClient({ host: "h" });
        // @ts-expect-error
        void createToken({ user: { id: 1 } });`,
      "tsconfig.check.json": JSON.stringify({
        compilerOptions: {
          target: "es2022",
          lib: ["es2023", "dom", "dom.iterable"],
          module,
          moduleResolution,
          jsx: "react-jsx",
          strict: true,
          exactOptionalPropertyTypes: true,
          noEmit: true,
          // Check the package's own declarations too.
          skipLibCheck: false,
          types: isBundled ? ["vite/client"] : [],
        },
        files: isBundled
          ? ["types.ts", "app/team/page.tsx", "app/api/token/route.ts", "src/main.tsx"]
          : ["types.ts"],
      }),
    });
    await app.run([path.join(ROOT, "node_modules/.bin/tsc"), "--project", "tsconfig.check.json"]);
  });
