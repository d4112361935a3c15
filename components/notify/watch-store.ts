import type { PageStorage } from "../../client/page/page-storage";
import { createSubject } from "../../client/client/subject";
import { parseWatches, type Watch } from "./watches";

/** The state of a page's watches. */
export interface WatchState {
  readonly watches: readonly Watch[];
  /** A text that the browser did not show, for the page to show; null if there is none. */
  readonly notice: string | null;
}

/** The watches of one user in one room, stored for all tabs of the browser. The notice belongs to this page. */
export interface WatchStore {
  readonly get: () => WatchState;
  readonly set: (state: Partial<WatchState>) => void;
  /** Calls back when this tab or another changes them, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Opens the watches of this browser. Without storage they last as long as the page. */
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
