import { createPageFollower } from "../../client/client/page-follower";
import type { PresenceClient } from "../../client/client/presence-client";
import type { RosterQuery } from "../../core/shared/roster-query";
import type { User } from "../../core/shared/terms";
import type { RosterStore } from "./roster-store";
import { createSubject } from "../../client/client/subject";

/** Rows in one request: those in view, and some above and below. */
const WINDOW = 200;
const MARGIN = 60;

/** The shortest time between two requests (SE4). */
const LEAST_MS = 150;

/**
 * The rows of a room that is too large to be sent whole. The server sorts and filters. The store holds the rows around
 * the view, and requests others when the reader scrolls (VW2).
 */
export function createPagedRosterStore<View extends User>(
  client: PresenceClient,
  first: RosterQuery,
): RosterStore<View> {
  const follower = createPageFollower(client, LEAST_MS);
  const { subscribe, version, changed } = createSubject(() => follower.follow(changed));
  let query = first;
  let held = false;
  load(0);

  function load(from: number): void {
    follower.ask({ ...query, offset: Math.max(0, from), limit: WINDOW });
  }

  const length = (): number => follower.page()?.total ?? 0;

  return {
    list: {
      get length() {
        return length();
      },
      get total() {
        const { online, away, offline } = client.getSnapshot().counts;
        return online + away + offline;
      },
      get counts() {
        return client.getSnapshot().counts;
      },
      get isHolding() {
        return held && follower.isOutdated();
      },
      at(index) {
        const page = follower.page();
        const id = page?.ids[index - page.query.offset];
        return id === undefined ? undefined : (client.getUser(id) as View | undefined);
      },
    },
    asOfAt: () => client.getStatus().asOfAt,
    version,
    subscribe,
    ask(next) {
      if (next === query) return;
      query = next;
      load(0);
    },
    need(from, to) {
      const page = follower.page();
      if (!page) return;
      const { offset } = page.query;
      const isLoaded = from >= offset && to <= offset + page.ids.length;
      if (!isLoaded && from < page.total) load(from - MARGIN);
    },
    hold() {
      held = true;
      follower.hold();
      changed();
    },
    release() {
      held = false;
      follower.release();
      changed();
    },
  };
}
