import type { PageQuery } from "../../core/shared/page-query";
import type { PresenceClient } from "./presence-client";

/** The latest response: the ids on the page, and how many users match in all. */
export interface FollowedPage {
  readonly query: PageQuery;
  readonly ids: readonly string[];
  readonly total: number;
}

/** Keeps one page of a large room up to date (VW2). */
export interface PageFollower {
  /** Requests this page, unless it is the current one. */
  readonly ask: (query: PageQuery) => void;
  /** The same object until the next response; null before the first. */
  readonly page: () => FollowedPage | null;
  /** Whether somebody has come or gone since the response, so that the page may hold others now. */
  readonly isOutdated: () => boolean;
  /** Requests no update of the page until `release`. */
  readonly hold: () => void;
  readonly release: () => void;
  /**
   * Follows the page until the returned function is called. Calls `changed` after each response and each change of its
   * users.
   */
  readonly follow: (changed: () => void) => () => void;
}

/** The page is requested again this long after somebody came or left. */
const ASK_AGAIN_MS = 2_000;

/**
 * Creates the follower of this client's pages. A client reads one page at a time, so it has at most one follower.
 * Requests are at least `leastMs` apart, so fast scrolling requests only the page where it stops (SE4).
 */
export function createPageFollower(client: PresenceClient, leastMs = 0): PageFollower {
  let wanted: PageQuery | null = null;
  let page: FollowedPage | null = null;
  let held = false;
  let isOutdated = false;
  let askedAt = -Infinity;
  let askTimer: ReturnType<typeof setTimeout> | null = null;
  let againTimer: ReturnType<typeof setTimeout> | null = null;
  /** The listener; null while nobody follows. Then nothing is requested. */
  let changed: (() => void) | null = null;

  function askSoon(): void {
    const waitMs = askedAt + leastMs - performance.now();
    if (waitMs <= 0) void askNow();
    else
      askTimer ??= setTimeout(() => {
        askTimer = null;
        void askNow();
      }, waitMs);
  }

  async function askNow(): Promise<void> {
    const query = wanted;
    if (!query || !changed) return;
    askedAt = performance.now();
    // Another page was requested in the meantime, or the client has ended.
    const rows = await client.readPage(query).catch(() => null);
    if (!rows || query !== wanted || !changed) return;
    page = { query, ids: rows.users.map(({ id }) => id), total: rows.total };
    isOutdated = false;
    changed();
  }

  function askAgainSoon(): void {
    isOutdated = true;
    // A running timer is not restarted: in a busy room there is always another change.
    againTimer ??= setTimeout(() => {
      againTimer = null;
      if (!held) askSoon();
    }, ASK_AGAIN_MS);
  }

  function followCounts(): () => void {
    // The same object until a count changes.
    let told = client.getSnapshot().counts;
    return client.subscribeChanges(() => {
      const { counts } = client.getSnapshot();
      if (counts !== told) askAgainSoon();
      told = counts;
      changed?.();
    });
  }

  function followConnection(): () => void {
    let isLive = client.getStatus().connection.status === "live";
    return client.subscribe(() => {
      const wasLive = isLive;
      isLive = client.getStatus().connection.status === "live";
      // A new connection has only the first page.
      if (isLive && !wasLive) askSoon();
    });
  }

  return {
    ask(query) {
      if (query === wanted) return;
      wanted = query;
      if (changed) askSoon();
    },
    page: () => page,
    isOutdated: () => isOutdated,
    hold() {
      held = true;
    },
    release() {
      held = false;
      if (isOutdated) askSoon();
    },
    follow(listener) {
      changed = listener;
      const stops = [followCounts(), followConnection()];
      if (wanted) askSoon();
      return () => {
        for (const stop of stops) stop();
        for (const timer of [askTimer, againTimer]) if (timer) clearTimeout(timer);
        askTimer = null;
        againTimer = null;
        changed = null;
      };
    },
  };
}
