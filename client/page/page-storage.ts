import { reportMissing } from "./report";

/** A browser's storage for its pages. Never throws. */
export interface PageStorage {
  /** Null if the key has no value. */
  readonly read: (key: string) => string | null;
  /** Stores a value, or removes it if it is null. Returns whether the browser could. */
  readonly write: (key: string, value: string | null) => boolean;
}

const REACH = { localStorage: "for this site", sessionStorage: "for this tab" };

/**
 * Opens one kind of the browser's storage. If it is blocked (cookies, a sandboxed frame), full or missing, nothing is
 * stored, and that is reported once (BR1).
 */
export function pageStorage(kind: keyof typeof REACH): PageStorage {
  // The getter throws where storage is blocked. Servers have none, and Node prints a warning of its own.
  const withStorage = <T>(act: (storage: Storage) => T): T | null => {
    if (typeof window === "undefined") return null;
    try {
      return act(window[kind]);
    } catch {
      reportMissing(
        `This browser keeps nothing ${REACH[kind]} (${kind} is blocked, full or missing): ` +
          "stored values are lost when the page is closed or reloaded. Everything else works.",
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
