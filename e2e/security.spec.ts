import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { openOwnMenu, enter, enterAsAdmin, expectLive, newRoom, person } from "./people";

/** Collects the policy violations and errors of a context's pages. */
async function collectViolations(context: BrowserContext): Promise<() => string[]> {
  const seen: string[] = [];
  await context.exposeFunction("reportViolation", (what: string) => seen.push(what));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const { violatedDirective, blockedURI, sourceFile, lineNumber, sample } = event;
      const what = `${violatedDirective}: ${blockedURI} ${sample} at ${sourceFile}:${lineNumber}`;
      (window as unknown as { reportViolation(what: string): void }).reportViolation(what);
    });
  });
  context.on("console", (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) seen.push(message.text());
  });
  context.on("weberror", (error) => seen.push(String(error.error())));
  return () => seen;
}

/** Switches to the dark theme, which writes styles. */
async function switchTheme(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
}

test("every page works under its policy: room, rename, roster, chart, panel and dialog", async ({
  browser,
}) => {
  const context = await browser.newContext();
  const violations = await collectViolations(context);
  const room = newRoom();
  const ada = await context.newPage();
  await enter(ada, room, "Ada");
  await switchTheme(ada);
  // Reloaded with a sign-in, the server renders the page with people's colours.
  await ada.reload();
  await expectLive(ada);
  // The page refreshes in place, and creates elements under its first policy.
  await openOwnMenu(ada);
  await ada.getByRole("menuitem", { name: "Change your name…" }).click();
  await ada.getByRole("textbox", { name: "Your name" }).fill("Ada L.");
  await ada.getByRole("button", { name: "Save" }).click();
  await expect(person(ada, "Ada L.")).toBeVisible();
  await ada.getByRole("button", { name: "Theme" }).click();
  await ada.getByRole("menuitemradio", { name: "Light" }).click();
  await expect(ada.locator("html")).toHaveAttribute("data-theme", "light");

  const admin = await context.newPage();
  await enterAsAdmin(admin, room);
  await admin.reload();
  await expect(person(admin, "Ada L.")).toBeVisible();
  await switchTheme(admin);
  await admin.locator("[data-connection]").hover();
  await expect(admin.getByRole("tooltip")).toBeVisible();
  await admin.getByRole("button", { name: "Ada L.", exact: true }).click();
  const panel = admin.getByRole("dialog", { name: "Ada L." });
  await expect(panel).toBeVisible();
  await panel.getByRole("button", { name: /Erase/ }).click();
  await expect(admin.getByRole("alertdialog")).toBeVisible();
  await admin.keyboard.press("Escape");
  await admin.keyboard.press("Escape");
  await expect(admin.locator("[data-history-chart] canvas")).toBeVisible();
  await admin.goto(`/admin?q=${room}`);
  await expect(admin.locator(`[data-room="${room}"]`)).toBeVisible();
  await admin.goto("/nothing/here");
  await expect(admin.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  expect(violations()).toEqual([]);
  await context.close();
});

test("an injected script does not run, as an element or as an attribute", async ({ browser }) => {
  const context = await browser.newContext();
  const violations = await collectViolations(context);
  const page = await context.newPage();
  // Injected into the text of the page, as a hole in the server would do.
  await page.route("**/rooms/*", async (route) => {
    const response = await route.fetch();
    const evil =
      "<script>window.owned = true</script>" +
      '<img src="data:," onerror="window.owned = true">' +
      '<script src="data:text/javascript,window.owned=true"></script><base href="https://evil.test/">';
    const body = (await response.text()).replace("</body>", `${evil}</body>`);
    expect(body).toContain("window.owned");
    await route.fulfill({ response, body });
  });
  await page.goto(`/rooms/${newRoom()}`);
  await expect(page.getByLabel("Your name")).toBeVisible();
  await expect
    .poll(() => violations().filter((each) => /^(script-src|base-uri)/.test(each)).length)
    .toBeGreaterThan(3);
  expect(await page.evaluate(() => "owned" in window)).toBe(false);
  expect(await page.evaluate(() => document.baseURI)).not.toContain("evil");
  await context.close();
});

const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": expect.stringContaining("camera=()"),
};

test("pages have the headers that scanners look for, and a new nonce each time", async ({ request }) => {
  const nonces = new Set<string>();
  for (const path of ["/", "/admin", `/rooms/${newRoom()}`, "/nothing/here", "/", "/"]) {
    const answer = await request.get(path);
    const headers = answer.headers();
    expect(headers).toMatchObject(EVERYWHERE);
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers).not.toHaveProperty("strict-transport-security");
    const policy = headers["content-security-policy"] ?? "";
    const [, nonce = ""] = /script-src 'self' 'nonce-([^']+)' 'strict-dynamic';/.exec(policy) ?? [];
    nonces.add(nonce);
    for (const part of [
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy).toContain(part);
    }
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${process.env["ROLLCALL_PARTY_PORT"]}`);
    expect(policy).not.toContain("unsafe-eval");
    // Every script of the page has the nonce. A script without it would not run.
    const scripts = (await answer.text()).match(/<script[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(2);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
  }
  expect(nonces.size).toBe(6);
});

test("a client cannot choose the nonce", async ({ request }) => {
  const headers = { "x-nonce": "chosen", "content-security-policy": "script-src 'nonce-chosen'" };
  const answer = await request.get("/", { headers });
  expect(answer.headers()["content-security-policy"]).not.toContain("chosen");
  expect(await answer.text()).not.toContain("chosen");
});

test("responses of the API are not documents, and are not cached", async ({ request }) => {
  for (const answer of [
    await request.get("/api/admin/rooms"),
    await request.post("/api/token", { data: { room: "lobby" } }),
    await request.post("/api/session", { data: { name: "Ada" } }),
    await request.get("/api/admin/rooms/%E0%A4%A"),
  ]) {
    const headers = answer.headers();
    expect(headers).toMatchObject(EVERYWHERE);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["cache-control"]).toContain("no-store");
  }
});

test("an address with a percent sign that begins no UTF-8 character is answered with 400", async ({
  request,
}) => {
  for (const path of ["/api/admin/rooms/%E0%A4%A", "/rooms/%E0%A4%A", "/admin/rooms/%E0%A4%A"]) {
    const answer = await request.get(path);
    expect(answer.status()).toBe(400);
    expect(answer.headers()).toMatchObject({
      ...EVERYWHERE,
      "content-type": path.startsWith("/api/")
        ? "application/problem+json"
        : expect.stringMatching(/^text\/plain/),
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
    expect(await answer.text()).toContain("percent sign");
  }
});

test("browsers that came by https are told to stay with it, and only these", async ({ request }) => {
  const headers = { "x-forwarded-proto": "https", "x-forwarded-host": "rollcall.test" };
  const answer = await request.get("/", { headers });
  expect(answer.headers()["strict-transport-security"]).toMatch(/max-age=\d{8}/);
  expect(answer.headers()["content-security-policy"]).toContain("wss://rollcall.test:");
});

test("[SE5] during ten wrong passwords a second from forged addresses, the right one always works", async ({
  playwright,
  baseURL,
}) => {
  const context = await playwright.request.newContext(baseURL === undefined ? {} : { baseURL });
  const attempt = async (password: string, address: string) => {
    const headers = { "x-forwarded-for": address };
    return (await context.post("/api/admin/session", { data: { password }, headers })).status();
  };
  const guesses: Promise<number>[] = [];
  const guesser = setInterval(() => {
    guesses.push(attempt(`guess ${guesses.length}`, `198.51.100.${guesses.length % 250}`));
  }, 100);
  const right: number[] = [];
  for (let i = 0; i < 15; i += 1) {
    // A new browser.
    const fresh = await playwright.request.newContext(baseURL === undefined ? {} : { baseURL });
    const data = { password: process.env["ROLLCALL_ADMIN_PASSWORD"] ?? "" };
    right.push((await fresh.post("/api/admin/session", { data })).status());
    await fresh.dispose();
  }
  // All guesses count as one address, because theirs are forged. A correct sign-in resets the count.
  const isRefused = async () => (await Promise.all(guesses)).includes(429);
  await expect.poll(isRefused, { timeout: 20_000 }).toBe(true);
  clearInterval(guesser);
  expect(right).toEqual(Array<number>(15).fill(204));
  const statuses = await Promise.all(guesses);
  expect(statuses).not.toContain(204);
  expect(statuses).toContain(429);
  await context.dispose();
});
