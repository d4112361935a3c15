/** A source of change notifications for React. `version` distinguishes one state from the next. */
export interface Subject {
  readonly subscribe: (listener: () => void) => () => void;
  readonly version: () => number;
  /** Notifies every listener. */
  readonly changed: () => void;
}

/** Runs `start` when the first listener subscribes, and the function that it returned when the last one leaves. */
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
      for (const listener of Array.from(listeners)) listener();
    },
  };
}
