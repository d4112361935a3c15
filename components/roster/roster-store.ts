import type { PresenceClient } from "../../client/client/presence-client";
import { createSubject } from "../../client/client/subject";
import { RosterList } from "../../core/shared/roster-list";
import type { Counts, RosterQuery } from "../../core/shared/roster-query";
import type { User } from "../../core/shared/terms";

/** The rows of a list, from any source. */
interface RosterRows<View extends User> {
  /** How many rows there are. */
  readonly length: number;
  /** The number of users in the room, matching or not. */
  readonly total: number;
  readonly counts: Counts;
  /** Whether releasing the held rows would change their order. */
  readonly isHolding: boolean;
  /** The user in a row; undefined while it is loading. */
  readonly at: (index: number) => View | undefined;
}

/** The rows of a list as a store for React. `version` changes with each change. */
export interface RosterStore<View extends User> {
  readonly list: RosterRows<View>;
  /** The server's instant at which the list was true; null before the first roster. */
  readonly asOfAt: () => number | null;
  readonly subscribe: (listener: () => void) => () => void;
  readonly version: () => number;
  readonly ask: (query: RosterQuery) => void;
  /** Reports which rows are in view. */
  readonly need: (from: number, to: number) => void;
  readonly hold: () => void;
  readonly release: () => void;
}

/**
 * A list that follows the client's changes one by one, while it has subscribers. Admins' clients have admin views.
 */
export function createRosterStore<View extends User>(
  client: PresenceClient,
  query: RosterQuery,
): RosterStore<View> & { readonly list: RosterList<View> } {
  const list = new RosterList<View>(query);
  const { subscribe, version, changed } = createSubject(start);
  let asOfAt = client.getStatus().asOfAt;

  const takeAll = () => list.replace(client.getSnapshot().users as readonly View[]);
  // For the first render, which comes before the subscription.
  takeAll();

  function start(): () => void {
    takeAll();
    asOfAt = client.getStatus().asOfAt;
    changed();
    return client.subscribeChanges((ids, at) => {
      asOfAt = at;
      if (ids === null) takeAll();
      for (const id of ids ?? []) list.change(id, client.getUser(id) as View | undefined);
      changed();
    });
  }

  /** Runs something, and notifies the listeners. */
  const then =
    <Args extends unknown[]>(act: (...args: Args) => void) =>
    (...args: Args): void => {
      act(...args);
      changed();
    };
  return {
    list,
    asOfAt: () => asOfAt,
    version,
    subscribe,
    ask: then((next: RosterQuery) => list.ask(next)),
    // All rows are known.
    need() {},
    hold: then(() => list.hold()),
    release: then(() => list.release()),
  };
}
