"use client";

import { useCallback, useSyncExternalStore } from "react";
import { LookAlikes } from "../../core/shared/look-alikes";
import type { PresenceClient } from "../client/presence-client";
import { useOptionalPresenceClient } from "./react";

/** The look-alikes among those whom a client hears of, for React to follow. */
interface Followed {
  readonly labelOf: (id: string) => string | null;
  readonly subscribe: (listener: () => void) => () => void;
}

const followed = new WeakMap<PresenceClient, Followed>();

/**
 * What tells a person from somebody else in the room whose name looks alike (NM1): their id, shortened where that is
 * enough. Null where the name is enough, and outside a provider. Of a room that is shown by pages, only who is on the
 * page counts.
 */
export function useLookAlike(id: string): string | null {
  const client = useOptionalPresenceClient();
  const store = client && followedOf(client);
  const subscribe = useCallback((listener: () => void) => store?.subscribe(listener) ?? (() => {}), [store]);
  return useSyncExternalStore(subscribe, () => store?.labelOf(id) ?? null, nothing);
}

function nothing(): null {
  return null;
}

function followedOf(client: PresenceClient): Followed {
  let store = followed.get(client);
  if (!store) followed.set(client, (store = follow(client)));
  return store;
}

/** Follows the client's changes one by one, while anybody looks. */
function follow(client: PresenceClient): Followed {
  const lookAlikes = new LookAlikes();
  const listeners = new Set<() => void>();
  let stop = () => {};

  function takeAll(): boolean {
    return lookAlikes.replace(client.getSnapshot().users);
  }

  function start(): () => void {
    takeAll();
    return client.subscribeChanges((ids) => {
      let changed = ids === null && takeAll();
      for (const id of ids ?? []) if (lookAlikes.change(id, client.getUser(id)?.name)) changed = true;
      if (changed) for (const listener of Array.from(listeners)) listener();
    });
  }

  return {
    labelOf: (id) => lookAlikes.labelOf(id),
    subscribe(listener) {
      if (listeners.size === 0) stop = start();
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
  };
}
