import { chromium, type Browser, type LaunchOptions } from "@playwright/test";

/** A browser whose processes a test can stop and kill, as sleep and a crash do. */
export interface OwnBrowser {
  readonly browser: Browser;
  /** Sends a signal to every process of it. */
  readonly signal: (name: NodeJS.Signals) => void;
  readonly close: () => Promise<void>;
}

/** Starts one, which may keep pages in the back/forward cache, as people's browsers do and Playwright's own do not. */
export async function ownBrowser(options: LaunchOptions): Promise<OwnBrowser> {
  const server = await chromium.launchServer({
    ...options,
    host: "127.0.0.1",
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  const browser = await chromium.connect(server.wsEndpoint());
  const { pid } = server.process();
  return {
    browser,
    signal(name) {
      // Playwright gives each browser a process group of its own.
      if (pid !== undefined) process.kill(-pid, name);
    },
    close: () => server.kill(),
  };
}
