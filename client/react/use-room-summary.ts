"use client";

import { useSyncExternalStore } from "react";
import type { Counts } from "../../core/shared/roster-query";
import { usePresenceClient } from "./react";

/**
 * How many people are online, away and offline. Renders again only when a count changes. Null before the first sync.
 * With the provider's scope `{ kind: "summary" }` the room sends nothing else (VW1).
 * @throws {Error} outside a provider.
 */
export function useRoomSummary(): Counts | null {
  const client = usePresenceClient();
  const counts = (): Counts | null => {
    const snapshot = client.getSnapshot();
    return snapshot.synced ? snapshot.counts : null;
  };
  return useSyncExternalStore(client.subscribe, counts, counts);
}
