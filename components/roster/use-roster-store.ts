"use client";

import { useDeferredValue, useEffect, useState, useSyncExternalStore } from "react";
import { useConnectionStatus, usePresenceClient } from "../../client/react/react";
import type { RosterQuery } from "../../core/shared/roster-query";
import type { User } from "../../core/shared/terms";
import { createPagedRosterStore } from "./paged-roster-store";
import { createRosterStore, type RosterStore } from "./roster-store";

/**
 * The rows of the provider's room that match a query, the same object while it does not change. Renders again with each change of a row. A room that becomes too
 * large to be sent whole gets another store (VW2).
 */
export function useRosterStore<View extends User>(query: RosterQuery): RosterStore<View> {
  const client = usePresenceClient();
  const isPaged = useConnectionStatus().mode === "pages";
  const make = (): RosterStore<View> =>
    isPaged ? createPagedRosterStore(client, query) : createRosterStore(client, query);
  const [made, setMade] = useState(() => ({ isPaged, store: make() }));
  let { store } = made;
  if (made.isPaged !== isPaged) {
    store = make();
    setMade({ isPaged, store });
  }
  useSyncExternalStore(store.subscribe, store.version, store.version);
  // Typing has priority over filtering thousands of rows.
  const asked = useDeferredValue(query);
  useEffect(() => store.ask(asked), [store, asked]);
  return store;
}
