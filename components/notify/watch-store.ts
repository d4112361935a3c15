import { parseWatches, type Watch } from "./watches";

/** The watches of one reader in one room, kept by the browser for all of its tabs. */
export interface WatchStore {
  readonly get: () => readonly Watch[];
  readonly set: (watches: readonly Watch[]) => void;
  /** Calls back when this tab or another changes them. Returns how to end it. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** The watches that this browser keeps under a name. Where it keeps nothing, they last as long as the page. */
export function createWatchStore(room: string, selfId: string, keep: Storage | null): WatchStore {
  const key = `rollcall-watches:${JSON.stringify([room, selfId])}`;
  const listeners = new Set<() => void>();
  let watches = parseWatches(read(keep, key));

  function changed(next: readonly Watch[]): void {
    watches = next;
    for (const listener of listeners) listener();
  }
  function onStorage(event: StorageEvent): void {
    if (event.key === key || event.key === null) changed(parseWatches(read(keep, key)));
  }

  return {
    get: () => watches,
    set(next) {
      try {
        if (next.length > 0) keep?.setItem(key, JSON.stringify(next));
        else keep?.removeItem(key);
      } catch {
        // Full, or forbidden: then they last as long as the page.
      }
      changed(next);
    },
    subscribe(listener) {
      if (listeners.size === 0) window.addEventListener("storage", onStorage);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) window.removeEventListener("storage", onStorage);
      };
    },
  };
}

/** What the browser lets a page keep; null where it forbids it. */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function read(keep: Storage | null, key: string): string | null {
  try {
    return keep?.getItem(key) ?? null;
  } catch {
    return null;
  }
}
