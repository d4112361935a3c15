import type { ResumePoint } from "../../core/wire/hello";
import {
  applyToRoster,
  createRoster,
  resumePointOf,
  type Applied,
  type RosterMessage,
} from "../../core/replica/roster";
import { countByStatus, type Counts } from "../../core/shared/roster-query";
import type { Mode } from "../../core/shared/scope";
import type { AdminUser, User } from "../../core/shared/terms";
import type { ConnectionState } from "../connection/connection";
import { EMPTY_OWN_PRESENCE, type OwnPresence } from "./own-choices";

/**
 * A room's people as the app's own server read them (`getPresence`), so that the first HTML shows them. Plain data. Of a
 * large room it has some of the people.
 */
export interface InitialPresence {
  readonly users: readonly User[];
  readonly counts: Counts;
  /** The id of the token's user. */
  readonly self: string;
  /** The room server's time of the answer, in milliseconds since 1970. */
  readonly now: number;
  /** For the first attempt to connect. */
  readonly token: string;
}

/** The state to show. Immutable; the same object until something changes. */
export interface PresenceSnapshot {
  readonly connection: ConnectionState;
  /** The own user; null for observers and before the first sync. */
  readonly self: User | null;
  /**
   * The users whom the client receives, in no particular order. Admins get admin views. Empty before the first sync.
   */
  readonly users: readonly (User | AdminUser)[];
  /**
   * How many users have each status. The same object until a count changes. In the mode `users` without counts, only of
   * `users`.
   */
  readonly counts: Counts;
  /** What the client receives of the room: the requested scope, or `pages` of a room that is too large (VW1, VW2). */
  readonly mode: Mode;
  /** Whether the users are known: by a sync, or from `initial`. */
  readonly synced: boolean;
  /** Until when the roster is known to be true, on the server's clock. Use it when stale. */
  readonly asOfAt: number | null;
  /** Whether the connection is lost, so that the roster shows the state at `asOfAt` (SY6). */
  readonly stale: boolean;
  /** The last measured round trip in milliseconds. */
  readonly latencyMs: number | null;
}

/** The snapshot before the first sync, and on servers. */
const EMPTY_SNAPSHOT: PresenceSnapshot = {
  connection: { status: "idle" },
  self: null,
  users: [],
  counts: { online: 0, away: 0, offline: 0 },
  mode: "roster",
  synced: false,
  asOfAt: null,
  stale: false,
  latencyMs: null,
};

/** The snapshot without its users. Changes with the connection, not with every diff. */
export type ConnectionStatus = Pick<
  PresenceSnapshot,
  "connection" | "mode" | "synced" | "asOfAt" | "stale" | "latencyMs"
>;

export type Listener = () => void;

/** Gets the ids in a diff, or null when the whole roster may have changed, and the instant of the change. */
export type ChangesListener = (ids: readonly string[] | null, asOfAt: number) => void;

/** The client's state and its listeners, without React. */
export interface Store {
  readonly subscribe: (listener: Listener) => () => void;
  readonly getSnapshot: () => PresenceSnapshot;
  /** The same object until the connection's part of the snapshot changes. `asOfAt` is its age when stale. */
  readonly getStatus: () => ConnectionStatus;
  /** The same object until the own user or their choices change. */
  readonly getOwnPresence: () => OwnPresence;
  readonly setOwnChoices: (choices: Omit<OwnPresence, "user">) => void;
  /** For views of large rosters that must not scan all users for each diff (SY3). */
  readonly subscribeChanges: (listener: ChangesListener) => () => void;
  readonly subscribeUser: (id: string, listener: Listener) => () => void;
  readonly getUser: (id: string) => User | undefined;
  readonly apply: (message: RosterMessage) => Applied;
  /** The last diff that the roster contains (SY4). */
  readonly resumePoint: () => ResumePoint | null;
  readonly setConnection: (connection: ConnectionState) => void;
  /** The server has been silent for too long. The roster may be out of date. */
  readonly setSuspect: (suspect: boolean) => void;
  readonly setLatency: (latencyMs: number) => void;
  /** The roster is true until `at`, on the server's clock. Notifies nobody, because it is read when stale. */
  readonly proveAt: (at: number) => void;
}

/** Creates a store. An observer has no own user. */
export function createStore(observe: boolean, initial?: InitialPresence): Store {
  const roster = createRoster();
  if (initial) {
    for (const user of initial.users) roster.users.set(user.id, user);
    Object.assign(roster, { counts: initial.counts, selfId: initial.self });
  }
  const listeners = new Set<Listener>();
  const userListeners = new Map<string, Set<Listener>>();
  const changesListeners = new Set<ChangesListener>();
  let snapshot = EMPTY_SNAPSHOT;
  let status: ConnectionStatus | null = initial ? null : EMPTY_SNAPSHOT;
  let outdated = initial !== undefined;
  let rosterChanged = outdated;
  let connection = EMPTY_SNAPSHOT.connection;
  let suspect = false;
  let latencyMs: number | null = null;
  let asOfAt = initial?.now ?? null;
  let own = EMPTY_OWN_PRESENCE;

  function ownUser(): User | null {
    return observe || roster.selfId === null ? null : (roster.users.get(roster.selfId) ?? null);
  }

  function rebuild(): PresenceSnapshot {
    // Users are collected and counted when somebody reads them, once per change (SY3).
    const users = rosterChanged ? [...roster.users.values()] : snapshot.users;
    const counts = rosterChanged ? kept(roster.counts ?? countByStatus(users)) : snapshot.counts;
    rosterChanged = false;
    return { ...currentStatus(), self: ownUser(), users, counts };
  }

  /** Returns the same object until a count changes, so that nothing renders without need. */
  function kept(counts: Counts): Counts {
    const { online, away, offline } = snapshot.counts;
    const same = counts.online === online && counts.away === away && counts.offline === offline;
    return same ? snapshot.counts : counts;
  }

  function currentStatus(): ConnectionStatus {
    const isFollowed = roster.epoch !== null;
    const synced = isFollowed || initial !== undefined;
    // The first attempt to connect does not make what a server has just read stale.
    const isCut = connection.status === "reconnecting" || connection.status === "stopped";
    const stale = synced && (suspect || (isFollowed ? connection.status !== "live" : isCut));
    return { connection, mode: roster.mode, synced, asOfAt, stale, latencyMs };
  }

  function changed(): void {
    outdated = true;
    status = null;
    notify(listeners);
  }

  function notifyUsers(ids: Iterable<string>): void {
    for (const id of ids) {
      const interested = userListeners.get(id);
      if (interested) notify(interested);
    }
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getSnapshot() {
      if (outdated) snapshot = rebuild();
      outdated = false;
      return snapshot;
    },
    getStatus: () => (status ??= currentStatus()),
    getOwnPresence() {
      const user = ownUser();
      if (user !== own.user) own = { ...own, user };
      return own;
    },
    setOwnChoices(choices) {
      own = { ...own, ...choices };
      notify(listeners);
    },
    subscribeChanges(listener) {
      changesListeners.add(listener);
      return () => changesListeners.delete(listener);
    },
    subscribeUser(id, listener) {
      const interested = userListeners.get(id) ?? new Set();
      userListeners.set(id, interested.add(listener));
      return () => {
        interested.delete(listener);
        if (interested.size === 0 && userListeners.get(id) === interested) userListeners.delete(id);
      };
    },
    getUser: (id) => roster.users.get(id),
    resumePoint: () => resumePointOf(roster),
    apply(message) {
      const before = new Map<string, User | undefined>();
      if (message.type === "sync" || message.type === "page")
        for (const id of userListeners.keys()) before.set(id, roster.users.get(id));
      const applied = applyToRoster(roster, message);
      if (applied.kind === "gap") return applied;
      rosterChanged = true;
      asOfAt = message.now;
      outdated = true;
      if (applied.kind === "replaced") status = null;
      if (applied.kind === "changed") notifyUsers(applied.ids);
      else notifyUsers([...before.keys()].filter((id) => before.get(id) !== roster.users.get(id)));
      notify(changesListeners, applied.kind === "changed" ? applied.ids : null, message.now);
      notify(listeners);
      return applied;
    },
    setConnection(next) {
      if (JSON.stringify(next) === JSON.stringify(connection)) return;
      connection = next;
      changed();
    },
    setSuspect(next) {
      if (next === suspect) return;
      suspect = next;
      changed();
    },
    setLatency(next) {
      if (next === latencyMs) return;
      latencyMs = next;
      changed();
    },
    proveAt(at) {
      if (asOfAt !== null && at > asOfAt) asOfAt = at;
    },
  };
}

function notify<Args extends unknown[]>(
  listeners: ReadonlySet<(...args: Args) => void>,
  ...args: Args
): void {
  // A copy: a listener that subscribes during the loop has the new state already.
  for (const listener of Array.from(listeners)) {
    try {
      listener(...args);
    } catch (error) {
      // An error of a listener belongs to the app, and must not stop the client.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
