import AxeBuilder from "@axe-core/playwright";
import { expect, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { randomBytes } from "node:crypto";

/** A new room name, so that each test has its own room. */
export function newRoom(): string {
  return `e2e-${randomBytes(5).toString("hex")}`;
}

/** Opens a room and picks a guest name in it. */
export async function enter(page: Page, room: string, name: string): Promise<void> {
  await page.goto(`/rooms/${room}`);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Join" }).click();
  await expectLive(page);
}

/** Leaves the room by the menu of the own status. */
export async function leave(page: Page): Promise<void> {
  await openOwnMenu(page);
  await page.getByRole("menuitem", { name: "Leave" }).click();
}

/** Opens the menu of the own status. */
export async function openOwnMenu(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Your status/ }).click();
}

/** Signs in as admin and opens a room's roster. */
export async function enterAsAdmin(page: Page, room: string): Promise<void> {
  await page.goto(`/admin/rooms/${room}`);
  await page.getByLabel("Password").fill(process.env["ROLLCALL_ADMIN_PASSWORD"] ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expectLive(page);
}

/** The texts inside an element that are cut off. */
export async function clippedTexts(within: Locator): Promise<string[]> {
  return await within.evaluate((root) => {
    const texts = [root, ...root.querySelectorAll("*")].filter(({ textContent }) => textContent !== "");
    // An element without width has no box, or is only for screen readers.
    return texts
      .filter(({ scrollWidth, clientWidth }) => clientWidth > 1 && scrollWidth > clientWidth)
      .map(({ textContent }) => textContent ?? "");
  });
}

/** Waits until the page is live. */
export async function expectLive(page: Page): Promise<void> {
  await expect(page.locator('[data-connection="live"]')).toBeVisible();
}

/** A person's row on a room page or a roster. */
export function person(page: Page, name: string): Locator {
  return page.locator("[data-user]", { hasText: name });
}

/** Waits until the page shows a person with a status. */
export async function expectStatus(
  page: Page,
  name: string,
  status: "online" | "away" | "offline",
): Promise<void> {
  await expect(person(page, name)).toHaveAttribute("data-status", status, { timeout: 30_000 });
}

/**
 * Records every status that the page shows for a person from now on, however briefly. The mark is appended while the
 * person's row contains it.
 */
export async function watch(page: Page, name: string, mark = ""): Promise<() => Promise<string[]>> {
  const key = `seen-${name}`;
  await page.evaluate(
    ([key, name, mark]) => {
      const seen: string[] = [];
      const look = (): void => {
        const rows = [...document.querySelectorAll<HTMLElement>("[data-user]")];
        const row = rows.find((each) => each.textContent?.includes(name));
        const status = row?.dataset["status"] ?? "absent";
        const shown = mark !== "" && row?.textContent?.includes(mark) ? `${status} ${mark}` : status;
        if (shown !== seen.at(-1)) seen.push(shown);
      };
      look();
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
      Object.assign(window, { [key]: seen });
    },
    [key, name, mark] as const,
  );
  return () => page.evaluate((key) => (window as unknown as Record<string, string[]>)[key] ?? [], key);
}

/** Lets tests set whether a page is hidden. In Playwright every page is visible. */
export async function controlVisibility(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    let hidden = false;
    Object.defineProperty(document, "visibilityState", { get: () => (hidden ? "hidden" : "visible") });
    Object.defineProperty(document, "hidden", { get: () => hidden });
    Object.assign(window, {
      setHidden: (value: boolean) => {
        hidden = value;
        document.dispatchEvent(new Event("visibilitychange"));
      },
    });
  });
}

export async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(
    (value) => (window as unknown as { setHidden(value: boolean): void }).setHidden(value),
    hidden,
  );
}

/** Expects that axe finds nothing on the page. */
export async function expectNoViolations(page: Page): Promise<void> {
  // It loads after the page.
  await expect(page).toHaveTitle(/./);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}
