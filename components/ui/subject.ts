/** What React follows of something that changes in place: its `version` tells one state of it from another. */
export interface Subject {
  readonly subscribe: (listener: () => void) => () => void;
  readonly version: () => number;
  /** Tells everybody that something has changed. */
  readonly changed: () => void;
}

/** A subject that is kept up to date by `start` while somebody follows it, and until what that returned is called. */
export function createSubject(start: () => () => void): Subject {
  const listeners = new Set<() => void>();
  let version = 0;
  let stop: (() => void) | null = null;
  return {
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
    version: () => version,
    changed() {
      version += 1;
      for (const listener of listeners) listener();
    },
  };
}
