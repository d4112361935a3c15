"use client";

import { useCallback, useSyncExternalStore } from "react";
import { LookAlikes } from "../../core/shared/look-alikes";
import { createSubject } from "../client/subject";
import { perClient } from "./per-client";
import { useOptionalPresenceClient } from "./react";

/**
 * The label that distinguishes a user from others in the room with similar names (NM1): the id, shortened where that is
 * enough. Null when the name is unique, and outside a provider. In the mode `pages` only users on the page count.
 */
export function useLookAlike(id: string): string | null {
  const client = useOptionalPresenceClient();
  const store = client && lookAlikesOf(client);
  const subscribe = useCallback((listener: () => void) => store?.subscribe(listener) ?? (() => {}), [store]);
  return useSyncExternalStore(subscribe, () => store?.labelOf(id) ?? null, nothing);
}

function nothing(): null {
  return null;
}

const lookAlikesOf = perClient((client) => {
  const lookAlikes = new LookAlikes();
  const takeAll = (): boolean => lookAlikes.replace(client.getSnapshot().users);
  const { subscribe, changed } = createSubject(() => {
    takeAll();
    return client.subscribeChanges((ids) => {
      let relabelled = ids === null && takeAll();
      for (const id of ids ?? []) if (lookAlikes.change(id, client.getUser(id)?.name)) relabelled = true;
      if (relabelled) changed();
    });
  });
  return { subscribe, labelOf: (id: string) => lookAlikes.labelOf(id) };
});
