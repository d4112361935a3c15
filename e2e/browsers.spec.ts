import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { signToken, TestClient } from "../server/testing/test-client";
import { expectStatus, newRoom, person } from "./people";

/** With so many people and such long names the server deflates the roster. */
const CROWD = 60;
const nameOf = (index: number): string => `Person ${index} ${"of a very long name ".repeat(3).trim()}`;

let room: string;

test.beforeAll(async () => {
  room = newRoom();
  const url = `http://127.0.0.1:${process.env["ROLLCALL_PARTY_PORT"]}`;
  const secret = process.env["ROLLCALL_TOKEN_SECRET"] ?? "";
  for (let index = 0; index < CROWD; index += 1) {
    const who = { user: `person-${index}`, name: nameOf(index) };
    const client = await TestClient.join(url, room, { ...who, token: await signToken({ ...who, secret }) });
    // They joined and left, so a newcomer gets all of them with when they were last seen.
    client.send({ type: "signOut" });
    await client.closed;
  }
});

/** A script that deletes globals, or what dotted paths name. */
function missing(...paths: string[]): string {
  return paths
    .map((path) => {
      const at = path.lastIndexOf(".");
      const owner = at === -1 ? "globalThis" : path.slice(0, at);
      const name = path.slice(at + 1);
      return `delete ${owner}.${name}; try { if (${owner}.${name} !== undefined) Object.defineProperty(${owner}, "${name}", { value: undefined, configurable: true }); } catch {}`;
    })
    .join("\n");
}

/** A script that gives a property of an object this value. The value may be code that throws. */
function reports(owner: string, name: string, value: string): string {
  return `Object.defineProperty(${owner}, "${name}", { configurable: true, get: () => { return ${value}; } });`;
}
const THROWS = `(() => { throw new DOMException("The operation is insecure.", "SecurityError"); })()`;

const timeZone = (value: string): string =>
  `const original = Intl.DateTimeFormat.prototype.resolvedOptions;
   Intl.DateTimeFormat.prototype.resolvedOptions = function () { return { ...original.call(this), timeZone: ${value} }; };`;

/** Browsers by what they lack or report. Each script runs before all other scripts of a page. */
const SAMPLES: Readonly<Record<string, string>> = {
  'language "en-US@posix"':
    reports("Navigator.prototype", "language", '"en-US@posix"') +
    reports("Navigator.prototype", "languages", '["en-US@posix"]'),
  "no language":
    reports("Navigator.prototype", "language", '""') + reports("Navigator.prototype", "languages", "[]"),
  "a language that throws":
    reports("Navigator.prototype", "language", THROWS) + reports("Navigator.prototype", "languages", THROWS),
  "time zone undefined": timeZone("undefined"),
  "time zone Etc/Unknown": timeZone('"Etc/Unknown"'),
  "a time zone that throws": timeZone(THROWS),
  "without Intl.Segmenter": missing("Intl.Segmenter"),
  "without Intl.DateTimeFormat": missing("Intl.DateTimeFormat"),
  "without Intl": missing("Intl"),
  "storage that throws":
    reports("window", "localStorage", THROWS) + reports("window", "sessionStorage", THROWS),
  "storage that is null":
    reports("window", "localStorage", "null") + reports("window", "sessionStorage", "null"),
  "storage that is full": `Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };`,
  "document.cookie that throws": reports("Document.prototype", "cookie", THROWS),
  "cookies said to be off": reports("Navigator.prototype", "cookieEnabled", "false"),
  "without Notification": missing("Notification"),
  "a Notification that throws": reports("window", "Notification", THROWS),
  "without matchMedia": missing("matchMedia"),
  "matchMedia that answers null": `window.matchMedia = () => null;`,
  "without BroadcastChannel": missing("BroadcastChannel"),
  "a BroadcastChannel that throws": `window.BroadcastChannel = class { constructor() { ${THROWS}; } };`,
  "plain http": missing(
    "Crypto.prototype.randomUUID",
    "Crypto.prototype.subtle",
    "Navigator.prototype.locks",
    "Navigator.prototype.clipboard",
    "Navigator.prototype.serviceWorker",
    "caches",
    "IdleDetector",
  ),
  "without crypto": missing("crypto"),
  "without DecompressionStream": missing("DecompressionStream"),
  "a DecompressionStream that knows no deflate-raw": `window.DecompressionStream = class { constructor(format) { throw new TypeError(format); } };`,
  "without WeakRef": missing("WeakRef", "FinalizationRegistry"),
  "without observers": missing("ResizeObserver", "IntersectionObserver", "PerformanceObserver"),
  "without a canvas": `HTMLCanvasElement.prototype.getContext = () => null;`,
  "without visibilityState": missing("Document.prototype.visibilityState", "Document.prototype.hidden"),
  "without what is new": missing(
    "requestIdleCallback",
    "cancelIdleCallback",
    "scheduler",
    "structuredClone",
    "URL.canParse",
    "URL.parse",
    "AbortSignal.timeout",
    "AbortSignal.any",
    "Promise.withResolvers",
    "Promise.try",
    "Object.groupBy",
    "Map.groupBy",
    "Array.fromAsync",
    "Array.prototype.findLast",
    "Array.prototype.findLastIndex",
    "Array.prototype.toSorted",
    "Array.prototype.toReversed",
    "Array.prototype.toSpliced",
    "Array.prototype.with",
    "Set.prototype.union",
    "Set.prototype.intersection",
    "String.prototype.isWellFormed",
    "String.prototype.toWellFormed",
    "Element.prototype.checkVisibility",
    "Document.prototype.startViewTransition",
    "HTMLElement.prototype.showPopover",
    "navigation",
    "cookieStore",
    "CSS.highlights",
    "trustedTypes",
    "Navigator.prototype.userAgentData",
    "Navigator.prototype.connection",
    "Navigator.prototype.permissions",
    "Navigator.prototype.sendBeacon",
  ),
};

interface Watched {
  readonly page: Page;
  readonly errors: string[];
  readonly reports: string[];
}

/** Opens a page of such a browser, and collects its errors and Rollcall's reports. */
async function openWith(context: BrowserContext, lack: string): Promise<Watched> {
  await context.addInitScript(lack);
  const page = await context.newPage();
  const errors: string[] = [];
  const reported: string[] = [];
  page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
  page.on("console", (message) => {
    if (message.text().startsWith("[rollcall]")) reported.push(message.text());
  });
  return { page, errors, reports: reported };
}

/** Waits for a long time. Pages load slowly on a busy machine, and these tests only check that they load. */
const patient = expect.configure({ timeout: 40_000 });
const expectLive = (page: Page) => patient(page.locator('[data-connection="live"]')).toBeVisible();

for (const [name, lack] of Object.entries(SAMPLES)) {
  test(`[BR1] every page works in a browser: ${name}`, async ({ browser }) => {
    test.setTimeout(180_000);
    const context = await browser.newContext();
    const { page, errors, reports: reported } = await openWith(context, lack);

    await page.goto("/");
    await page.getByLabel("Your name").fill("🇩🇪 Ada");
    await page.getByRole("button", { name: "Join" }).click();
    await expectLive(page);
    expect(new Set(reported).size).toBe(reported.length);

    await page.goto(`/rooms/${room}`);
    await expectLive(page);
    await patient(page.getByRole("button", { name: /^Offline \d+/ }).first()).toBeVisible();
    await page.getByLabel("Search by name").fill("Person 0");
    await patient(page.getByRole("heading", { name: /^Found \d/ })).toBeVisible();
    await expectStatus(page, nameOf(0), "offline");
    await person(page, nameOf(0))
      .getByRole("button", { name: "just now" })
      .or(person(page, nameOf(0)).getByRole("button", { name: "min ago" }))
      .click();
    await patient(page.getByRole("tooltip")).toContainText(String(new Date().getFullYear()));
    await page.getByRole("button", { name: "Theme" }).click();
    await page.getByRole("menuitemradio", { name: "Dark" }).click();

    const password = process.env["ROLLCALL_ADMIN_PASSWORD"] ?? "";
    await context.request.post("/api/admin/session", { data: { password } });
    await page.goto(`/admin?q=${room}`);
    await patient(page.getByRole("link", { name: room })).toBeVisible();
    // Searched by name, because guests of earlier samples come first and only rows in view are rendered.
    await page.goto(`/admin/rooms/${room}?q=${encodeURIComponent(nameOf(1))}`);
    await expectLive(page);
    await expect(person(page, nameOf(1))).toBeVisible();
    const history = page.getByRole("button", { name: "History", exact: true });
    await patient(history).toBeVisible();
    // A wide page shows it open. A browser without media queries cannot tell the width.
    if ((await history.getAttribute("aria-expanded")) === "false") await history.click();
    await patient(page.locator("[data-history-chart]")).toBeVisible();
    await page.getByRole("button", { name: nameOf(1), exact: true }).click();
    await patient(page.getByRole("dialog", { name: nameOf(1) })).toHaveAccessibleDescription(/^Offline/);

    expect(errors).toEqual([]);
    expect(new Set(reported).size).toBeLessThanOrEqual(4);
    await context.close();
  });
}

test("[BR1] in a browser that keeps no cookies the sign-ins of guests and admins say so", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route(/\/api\/(admin\/)?session$/, async (route) => {
    const response = await route.fetch();
    // The browser accepts the response and drops its cookie.
    await context.clearCookies();
    const { "set-cookie": _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  await page.goto(`/rooms/${newRoom()}`);
  await page.getByLabel("Your name").fill("Ada");
  await page.getByRole("button", { name: "Join" }).click();
  await patient(page.getByText(/did not keep your sign-in/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Join" })).toBeEnabled();

  await page.goto("/admin");
  await page.getByLabel("Password").fill(process.env["ROLLCALL_ADMIN_PASSWORD"] ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await patient(page.getByText(/did not keep your sign-in/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
  await context.close();
});
