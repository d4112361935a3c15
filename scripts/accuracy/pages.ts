import { chromium, type Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createToken } from "../../client/create-token";
import { named } from "../../e2e/faults/stage";
import { TEST_SECRETS } from "../../server/testing/test-client";
import { bundle } from "../bundle.mjs";
import { findChromium } from "../chromium.mjs";
import { atRandomMoments, departures, stays, type Scene } from "./scene";
import type { Kind } from "./trial";

/** Browser contexts, which share the pages like a few people with many tabs. */
const CONTEXTS = 4;

/** Serves the page and its tokens, as an app would. */
async function serveApp(room: string): Promise<{ url: string; close: () => void }> {
  const script = await readFile(await bundle("scripts/accuracy/page.ts"), "utf8");
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const answer = (type: string, text: string) => response.setHeader("content-type", type).end(text);
    if (pathname === "/page.js") return answer("text/javascript", script);
    if (pathname !== "/token") return answer("text/html", '<script type="module" src="/page.js"></script>');
    const user = searchParams.get("user") ?? "";
    return void createToken({
      user: { id: user, name: user },
      rooms: [room],
      secret: TEST_SECRETS.ROLLCALL_TOKEN_SECRET,
    }).then((token) => answer("text/plain", token));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** Measures real tabs of a real Chromium. Each is reloaded at a random time, and closed later. */
export async function measurePages({ stage, timings, trials }: Scene): Promise<Kind[]> {
  const room = stage.newRoom();
  const witness = await stage.witness(room);
  const app = await serveApp(room);
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: process.getuid?.() === 0 ? ["--no-sandbox", "--disable-dev-shm-usage"] : [],
  });
  try {
    const contexts = await Promise.all(Array.from({ length: CONTEXTS }, () => browser.newContext()));
    const pages = new Map<string, Page>();
    for (const [index, user] of named("tab", trials).entries()) {
      const page = await contexts[index % CONTEXTS]?.newPage();
      if (!page) continue;
      pages.set(user, page);
      await page.goto(`${app.url}/?${new URLSearchParams({ user, room, host: stage.host })}`);
    }
    const users = [...pages.keys()];
    await witness.untilAll(users, "online", 60_000);

    const backMs = new Map<string, number>();
    await atRandomMoments(users, timings, async (user) => {
      const at = Date.now();
      await pages.get(user)?.reload();
      await pages.get(user)?.waitForFunction(() => document.title === "live");
      backMs.set(user, Date.now() - at);
    });
    // Users whom the reload lost would be offline by now.
    await sleep(timings.reloadGraceMs + timings.graceMs / 2);
    const reloaded = stays(witness, users, backMs);

    const closedAt = await atRandomMoments(users, timings, (user) =>
      pages.get(user)?.close({ runBeforeUnload: true }),
    );
    const closed = await departures(witness, closedAt, (user) => closedAt.get(user) ?? NaN);
    return [
      { name: "tab closed", rule: "GR1", boundMs: timings.reloadGraceMs, trials: closed },
      { name: "page reloaded", rule: "GR1", boundMs: null, trials: reloaded },
    ];
  } finally {
    await browser.close();
    app.close();
  }
}
