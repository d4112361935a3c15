"use client";

import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import type { PresenceClient } from "../../client/client/presence-client";
import { pageStorage } from "../../client/page/page-storage";
import { isolate } from "../../core/shared/text";
import type { User } from "../../core/shared/terms";
import { askPermission, showNotification } from "./notifications";
import { createWatchStore, type WatchState } from "./watch-store";
import { dueWatches, toggleWatch, type Watch } from "./watches";

/** The user's watches, and the notice to show. */
export interface Watching extends WatchState {
  /** Adds or removes a watch. Asks for permission to notify when it is first needed. */
  readonly toggle: (user: User) => void;
  readonly dismiss: () => void;
}

interface WatchingOptions {
  readonly client: Pick<PresenceClient, "getUser" | "subscribeUser">;
  readonly room: string;
  readonly selfId: string;
  /** Whether the roster is up to date. While it is not, nobody is announced. */
  readonly live: boolean;
  /** Whether the user does not want to be disturbed. Notifications then wait for the end of it (ST3). */
  readonly doNotDisturb: boolean;
}

const NONE: WatchState = { watches: [], notice: null };

const BLOCKED = "This browser does not let the page notify you: messages appear here while the page is open.";

/** Notifies the user once when a watched user is online. */
export function useWatches({ client, room, selfId, live, doNotDisturb }: WatchingOptions): Watching {
  const store = useMemo(() => createWatchStore(room, selfId, pageStorage("localStorage")), [room, selfId]);
  const { watches, notice } = useSyncExternalStore(store.subscribe, store.get, () => NONE);

  useEffect(() => {
    if (!live) return;
    function notifyOfDue(): void {
      const before = store.get().watches;
      const users = before.flatMap(({ userId }) => client.getUser(userId) ?? []);
      const { untold, waiting } = tell(before, users, doNotDisturb);
      if (waiting.length === before.length) return;
      store.set({
        watches: waiting,
        ...(untold.length > 0 && { notice: `${untold.join(", ")} ${isOrAre(untold)} online.` }),
      });
    }
    notifyOfDue();
    const stops = watches.map(({ userId }) => client.subscribeUser(userId, notifyOfDue));
    return () => {
      for (const stop of stops) stop();
    };
  }, [store, watches, client, live, doNotDisturb]);

  useEffect(() => {
    const firstMs = Math.min(...watches.map(({ untilAt }) => untilAt)) - Date.now();
    if (!Number.isFinite(firstMs)) return;
    const timer = setTimeout(() => {
      store.set({ watches: watches.filter(({ untilAt }) => Date.now() < untilAt) });
    }, firstMs);
    return () => {
      clearTimeout(timer);
    };
  }, [store, watches]);

  const toggle = useCallback(
    (user: User) => {
      const before = store.get().watches;
      const after = toggleWatch(before, user, Date.now());
      store.set({ watches: after });
      if (after.length < before.length) return;
      void askPermission().then((permission) => {
        if (permission !== "granted") store.set({ notice: BLOCKED });
      });
    },
    [store],
  );
  const dismiss = useCallback(() => store.set({ notice: null }), [store]);
  return { watches, toggle, notice, dismiss };
}

/** Notifies of the users who are due. `untold` are the names that the browser did not show. */
function tell(
  watches: readonly Watch[],
  users: readonly User[],
  doNotDisturb: boolean,
): { waiting: readonly Watch[]; untold: string[] } {
  const { due, waiting } = dueWatches(watches, users, { now: Date.now(), doNotDisturb });
  const names = new Map(users.map(({ id, name }) => [id, name]));
  const untold: string[] = [];
  for (const { userId, name: asked } of due) {
    const name = isolate(names.get(userId) ?? asked);
    const shown = showNotification({
      title: `${name} is online`,
      body: "You asked for this. It comes once: ask again for the next time.",
      tag: `rollcall-online:${userId}`,
    });
    if (!shown) untold.push(name);
  }
  return { waiting, untold };
}

function isOrAre(names: readonly string[]): string {
  return names.length === 1 ? "is" : "are";
}
