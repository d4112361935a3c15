import type { PageStorage } from "../../client/page/page-storage";
import { createSubject } from "../../client/client/subject";
import { parseWatches, type Watch } from "./watches";

/** What a page knows of its reader's watches. */
export interface WatchState {
  readonly watches: readonly Watch[];
  /** What the browser would not show, to be shown on the page; null when there is nothing. */
  readonly notice: string | null;
}

/** The watches of one reader in one room, kept by the browser for all of its tabs; the notice is this page's own. */
export interface WatchStore {
  readonly get: () => WatchState;
  readonly set: (state: Partial<WatchState>) => void;
  /** Calls back when this tab or another changes them. Returns how to end it. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** The watches that this browser keeps under a name. Where it keeps nothing, they last as long as the page. */
export function createWatchStore(room: string, selfId: string, keep: PageStorage): WatchStore {
  const key = `rollcall-watches:${JSON.stringify([room, selfId])}`;
  let state: WatchState = { watches: parseWatches(keep.read(key)), notice: null };

  const { subscribe, changed } = createSubject(() => {
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  });

  function become(next: Partial<WatchState>): void {
    state = { ...state, ...next };
    changed();
  }
  function onStorage(event: StorageEvent): void {
    if (event.key === key || event.key === null) become({ watches: parseWatches(keep.read(key)) });
  }

  return {
    get: () => state,
    set(next) {
      const { watches } = next;
      if (watches) keep.write(key, watches.length > 0 ? JSON.stringify(watches) : null);
      become(next);
    },
    subscribe,
  };
}
