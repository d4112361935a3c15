import { reportMissing } from "./report";

/** What a browser keeps for its pages. Never throws. */
export interface PageStorage {
  /** Null when nothing is kept under the key. */
  readonly read: (key: string) => string | null;
  /** Keeps a value, or by null none. Whether the browser could. */
  readonly write: (key: string, value: string | null) => boolean;
}

const REACH = { localStorage: "for this site", sessionStorage: "for this tab" };

/**
 * The browser's storage of one kind. Where it is forbidden (blocked cookies, a sandboxed frame), full or missing,
 * nothing is kept, and that is reported once (BR1).
 */
export function pageStorage(kind: keyof typeof REACH): PageStorage {
  // The getter itself throws where storage is forbidden. A server has none, and Node warns of its own.
  const withStorage = <T>(act: (storage: Storage) => T): T | null => {
    if (typeof window === "undefined") return null;
    try {
      return act(window[kind]);
    } catch {
      reportMissing(
        `This browser keeps nothing ${REACH[kind]} (${kind} is blocked, full or missing): ` +
          "what was noted is forgotten when the page is closed or reloaded. Everything else works.",
      );
      return null;
    }
  };
  return {
    read: (key) => withStorage((storage) => storage.getItem(key)),
    write: (key, value) =>
      withStorage((storage) => {
        if (value === null) storage.removeItem(key);
        else storage.setItem(key, value);
        return true;
      }) ?? false,
  };
}
