import type { PageQuery } from "../../core/shared/page-query";
import type { PresenceClient } from "./presence-client";

/** The latest answer to a question: whom the page holds, and how many match in all. */
export interface FollowedPage {
  readonly query: PageQuery;
  readonly ids: readonly string[];
  readonly total: number;
}

/** Follows one page of a roster that is not sent whole (VW2). */
export interface PageFollower {
  /** Asks for this page, unless it is the one that is followed already. */
  readonly ask: (query: PageQuery) => void;
  /** The same object until another answer comes; null before the first. */
  readonly page: () => FollowedPage | null;
  /** Whether somebody has come or gone since, so that others may belong on the page. */
  readonly isOutdated: () => boolean;
  /** Lets the page be as it is, whoever comes and goes, until `release`. */
  readonly hold: () => void;
  readonly release: () => void;
  /** Follows until the returned function is called. Calls `changed` for each answer, and each change of who is on it. */
  readonly follow: (changed: () => void) => () => void;
}

/** Who comes and goes can change who is on a page: the server is asked again this long after it. */
const ASK_AGAIN_MS = 2_000;

/**
 * A follower of this client's pages. A client reads one page at a time, so it has one follower at most. Two
 * questions are `leastMs` apart: who scrolls fast asks for where they come to, not for all that they pass (SE4).
 */
export function createPageFollower(client: PresenceClient, leastMs = 0): PageFollower {
  let wanted: PageQuery | null = null;
  let page: FollowedPage | null = null;
  let held = false;
  let isOutdated = false;
  let askedAt = -Infinity;
  let askTimer: ReturnType<typeof setTimeout> | null = null;
  let againTimer: ReturnType<typeof setTimeout> | null = null;
  /** Whom to tell; null while nobody follows, and then nothing is asked. */
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
    // Another page was asked for meanwhile, or the client has ended: neither is this answer's affair.
    const rows = await client.readPage(query).catch(() => null);
    if (!rows || query !== wanted || !changed) return;
    page = { query, ids: rows.users.map(({ id }) => id), total: rows.total };
    isOutdated = false;
    changed();
  }

  function askAgainSoon(): void {
    isOutdated = true;
    // One that runs already runs on: in a busy room there is always another change.
    againTimer ??= setTimeout(() => {
      againTimer = null;
      if (!held) askSoon();
    }, ASK_AGAIN_MS);
  }

  function followCounts(): () => void {
    // The same object until one of the numbers is another.
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
      // A connection begins with the first page.
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
