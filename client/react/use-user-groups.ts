"use client";

import { useSyncExternalStore } from "react";
import { RosterList } from "../../core/shared/roster-list";
import { STATUSES } from "../../core/shared/statuses";
import type { Status, User } from "../../core/shared/terms";
import { createSubject } from "../client/subject";
import { perClient } from "./per-client";
import { usePresenceClient } from "./react";

/** The ids of the users with each status, in display order. An array is replaced only when its order changes. */
export type UserGroups = Readonly<Record<Status, readonly string[]>>;

/**
 * The users whom the client receives, by status: online and away by name, offline by when they were last seen. Renders
 * again when a user comes, goes or moves. All components of one client share one sorted list (SY3).
 * @throws {Error} outside a provider.
 */
export function useUserGroups(): UserGroups {
  const { subscribe, groups } = userGroupsOf(usePresenceClient());
  return useSyncExternalStore(subscribe, groups, groups);
}

const NO_GROUPS: UserGroups = { online: [], away: [], offline: [] };

const userGroupsOf = perClient((client) => {
  const lists = STATUSES.map((status) => {
    const isOffline = status === "offline";
    const query = { status, sort: isOffline ? "lastSeen" : "name", descending: isOffline } as const;
    return { status, list: new RosterList<User>(query) };
  });
  let groups = NO_GROUPS;
  let taken: readonly User[] | null = null;
  let isFollowing = false;

  function takeAll(): void {
    const { users } = client.getSnapshot();
    if (users === taken) return;
    taken = users;
    for (const each of lists) {
      each.list.replace(users);
      regroup(each);
    }
  }

  function regroup({ status, list }: (typeof lists)[number]): void {
    groups = { ...groups, [status]: list.rows().map(({ id }) => id) };
  }

  const { subscribe, changed } = createSubject(() => {
    takeAll();
    isFollowing = true;
    const stop = client.subscribeChanges((ids) => {
      const before = groups;
      if (ids === null) takeAll();
      else {
        taken = null;
        for (const each of lists) {
          let moved = false;
          for (const id of ids) if (each.list.change(id, client.getUser(id))) moved = true;
          if (moved) regroup(each);
        }
      }
      if (groups !== before) changed();
    });
    return () => {
      isFollowing = false;
      stop();
    };
  });

  return {
    subscribe,
    groups() {
      // The first render comes before the subscription.
      if (!isFollowing) takeAll();
      return groups;
    },
  };
});
