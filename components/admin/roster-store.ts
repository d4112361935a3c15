import type { PresenceClient } from "../../client/client/presence-client";
import { isAdminView, type RosterQuery } from "../../core/shared/roster-query";
import { RosterList } from "../../core/shared/roster-list";
import type { AdminUserView } from "../../core/shared/terms";
import type { RosterRows } from "./roster-rows";
import { createSubject } from "../../client/client/subject";

/** The list that the table shows, for React to follow: its `version` tells one state of it from another. */
export interface RosterStore {
  readonly list: RosterRows;
  /** The server's instant as of which the list is true; null before the first roster. */
  readonly asOfAt: () => number | null;
  readonly subscribe: (listener: () => void) => () => void;
  readonly version: () => number;
  readonly ask: (query: RosterQuery) => void;
  /** The rows from one to another are in view, and the next are not far. */
  readonly need: (from: number, to: number) => void;
  readonly hold: () => void;
  readonly release: () => void;
  /** All rows as they stand, in view or not. */
  readonly everyRow: () => Promise<readonly AdminUserView[]>;
}

/** A list that is fed by the client's changes, one by one, while somebody looks at it. */
export function createRosterStore(client: PresenceClient, query: RosterQuery): RosterStore {
  const list = new RosterList<AdminUserView>(query);
  const { subscribe, version, changed } = createSubject(start);
  let asOfAt: number | null = null;

  function takeAll(): void {
    list.replace(client.getSnapshot().users.filter(isAdminView));
  }

  function start(): () => void {
    takeAll();
    asOfAt = client.getStatus().asOfAt;
    changed();
    return client.subscribeChanges((ids, at) => {
      asOfAt = at;
      if (ids === null) takeAll();
      for (const id of ids ?? []) {
        const user = client.getUser(id);
        list.change(id, user && isAdminView(user) ? user : undefined);
      }
      changed();
    });
  }

  return {
    list,
    asOfAt: () => asOfAt,
    version,
    subscribe,
    ask(next) {
      list.ask(next);
      changed();
    },
    // They are all here.
    need() {},
    everyRow: async () => list.rows(),
    hold() {
      list.hold();
      changed();
    },
    release() {
      list.release();
      changed();
    },
  };
}
