"use client";

import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { pageOf, type PageQuery } from "../../core/shared/page-query";
import type { User } from "../../core/shared/terms";
import { createPageFollower, type FollowedPage } from "../client/page-follower";
import { usePresence, usePresenceClient } from "./react";

/** Some rows of a roster. */
export interface RosterPage {
  /** The current rows; those of the last query while `loading`. */
  readonly rows: readonly User[];
  /** How many users match in all; null before the first response. */
  readonly total: number | null;
  /** Whether the rows of this query have not arrived yet. */
  readonly loading: boolean;
}

/**
 * Rows of the roster, filtered and sorted, and kept up to date. They come from the known roster, or in a large room
 * from the server (VW2). Use it once in a page: a client reads one page at a time.
 * @throws {Error} outside a provider.
 */
export function useRosterPage(query: PageQuery): RosterPage {
  const client = usePresenceClient();
  const { mode, users } = usePresence();
  const key = JSON.stringify(query);
  const asked = useMemo(() => JSON.parse(key) as PageQuery, [key]);
  const isPaged = mode === "pages";
  const page = useFollowedPage(isPaged ? asked : null);
  const whole = useMemo(() => (isPaged ? null : pageOf(users, asked)), [isPaged, users, asked]);
  if (whole) return { rows: whole.users, total: whole.total, loading: false };
  const rows = page ? page.ids.flatMap((id) => client.getUser(id) ?? []) : users;
  return { rows, total: page?.total ?? null, loading: page?.query !== asked };
}

/** The server's latest response; null without a query. */
function useFollowedPage(query: PageQuery | null): FollowedPage | null {
  const client = usePresenceClient();
  const follower = useMemo(() => createPageFollower(client), [client]);
  const isAsking = query !== null;
  const follow = useCallback(
    (changed: () => void) => (isAsking ? follower.follow(changed) : () => {}),
    [follower, isAsking],
  );
  const page = useSyncExternalStore(follow, follower.page, nothing);
  useEffect(() => {
    if (query) follower.ask(query);
  }, [follower, query]);
  return page;
}

function nothing(): null {
  return null;
}
