import type { PresenceClient } from "../../client/client/presence-client";
import { isAdminView, type Counts, type RosterQuery } from "../../core/shared/roster-query";
import { RosterList } from "../../core/shared/roster-list";
import type { AdminUser } from "../../core/shared/terms";
import { createSubject } from "../../client/client/subject";

/** The rows of the table, from any source. */
interface RosterRows {
  /** How many rows there are. */
  readonly length: number;
  /** The number of users in the room, matching or not. */
  readonly total: number;
  readonly counts: Counts;
  /** Whether releasing the held rows would change their order. */
  readonly isHolding: boolean;
  /** The user in a row; undefined while it is loading. */
  readonly at: (index: number) => AdminUser | undefined;
}

/** The table's rows as a store for React. `version` changes with each change. */
export interface RosterStore {
  readonly list: RosterRows;
  /** The server's instant at which the list was true; null before the first roster. */
  readonly asOfAt: () => number | null;
  readonly subscribe: (listener: () => void) => () => void;
  readonly version: () => number;
  readonly ask: (query: RosterQuery) => void;
  /** Reports which rows are in view. */
  readonly need: (from: number, to: number) => void;
  readonly hold: () => void;
  readonly release: () => void;
  /** All rows in the shown order, in view or not. */
  readonly everyRow: () => Promise<readonly AdminUser[]>;
}

/** A list that follows the client's changes one by one, while it has subscribers. */
export function createRosterStore(client: PresenceClient, query: RosterQuery): RosterStore {
  const list = new RosterList<AdminUser>(query);
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
    // All rows are known.
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
