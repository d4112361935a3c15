import type { PresenceClient } from "../../client/presence-client";
import { isAdminView, type RosterQuery } from "../../core/roster";
import type { AdminUserView } from "../../core/terms";
import { fetchUsers } from "./api/fetch-users";
import type { RosterStore } from "./roster-store";

/** So many rows are asked for at once: what is in view, and some way up and down. */
const WINDOW = 200;
const MARGIN = 60;

/** Who comes and goes can change who is in the rows: the server is asked again this long after it. */
const ASK_AGAIN_MS = 2_000;

/** Who scrolls or types fast asks for what they come to in the end: a connection may not say too much (SE4). */
const LEAST_MS = 150;

/**
 * The rows of a room that is too large to be sent whole: the server sorts and filters, the store holds those
 * around what is in view and asks for others when the reader scrolls there (VW2).
 */
export function createPagedRosterStore(
  client: PresenceClient,
  room: string,
  first: RosterQuery,
): RosterStore {
  const listeners = new Set<() => void>();
  let query = first;
  let offset = 0;
  let ids: readonly string[] = [];
  let length = 0;
  let version = 0;
  let held = false;
  let isOutdated = false;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let wanted = 0;
  let loadedAt = -Infinity;
  let loadTimer: ReturnType<typeof setTimeout> | null = null;
  let stop: (() => void) | null = null;

  function changed(): void {
    version += 1;
    for (const listener of listeners) listener();
  }

  function load(from: number): void {
    wanted = Math.max(0, from);
    loadTimer ??= setTimeout(
      () => {
        loadTimer = null;
        void loadNow();
      },
      Math.max(0, loadedAt + LEAST_MS - performance.now()),
    );
  }

  async function loadNow(): Promise<void> {
    loadedAt = performance.now();
    const asked = query;
    const next = wanted;
    // Another question, or the client's end: then this answer is nobody's any more.
    const page = await client.readPage({ ...asked, offset: next, limit: WINDOW }).catch(() => null);
    if (!page || asked !== query) return;
    offset = next;
    ids = page.users.map(({ id }) => id);
    length = page.total;
    isOutdated = false;
    changed();
  }

  function refreshSoon(): void {
    isOutdated = true;
    // One that runs already runs on: in a busy room there is always another change.
    timer ??= setTimeout(() => {
      timer = null;
      if (!held) load(offset);
    }, ASK_AGAIN_MS);
  }

  function start(): () => void {
    load(offset);
    let counts = JSON.stringify(client.getSnapshot().counts);
    const unsubscribe = client.subscribeChanges(() => {
      const next = JSON.stringify(client.getSnapshot().counts);
      if (next !== counts) refreshSoon();
      counts = next;
      changed();
    });
    let isLive = client.getStatus().connection.status === "live";
    const unsubscribeStatus = client.subscribe(() => {
      const wasLive = isLive;
      isLive = client.getStatus().connection.status === "live";
      // A connection begins with the first page.
      if (isLive && !wasLive) load(offset);
    });
    return () => {
      unsubscribe();
      unsubscribeStatus();
      for (const each of [timer, loadTimer]) if (each) clearTimeout(each);
      timer = null;
      loadTimer = null;
    };
  }

  function at(index: number): AdminUserView | undefined {
    const user = client.getUser(ids[index - offset] ?? "");
    return user && isAdminView(user) ? user : undefined;
  }

  return {
    list: {
      get length() {
        return length;
      },
      get total() {
        const { online, away, offline } = client.getSnapshot().counts;
        return online + away + offline;
      },
      get counts() {
        return client.getSnapshot().counts;
      },
      get isHolding() {
        return held && isOutdated;
      },
      at,
    },
    asOfAt: () => client.getStatus().asOfAt,
    version: () => version,
    subscribe(listener) {
      listeners.add(listener);
      stop ??= start();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = null;
      };
    },
    ask(next) {
      if (next === query) return;
      query = next;
      load(0);
    },
    need(from, to) {
      const isLoaded = from >= offset && to <= offset + ids.length;
      if (!isLoaded && from < length) load(from - MARGIN);
    },
    hold() {
      held = true;
      changed();
    },
    release() {
      held = false;
      if (isOutdated) load(offset);
      changed();
    },
    everyRow: () => fetchUsers(room, query),
  };
}
