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
import type { AdminUserView, UserView } from "../../core/shared/terms";
import type { ConnectionState } from "../connection/connection";
import { NOTHING_CHOSEN, type OwnState } from "./own-choices";

/** All there is to show. Immutable; the same object until something changes. */
export interface PresenceSnapshot {
  readonly connection: ConnectionState;
  /** The own user; null for observers and before the first sync. */
  readonly self: UserView | null;
  /** Those who are heard of, in no particular order; admins get admins' views. Empty before the first sync. */
  readonly users: readonly (UserView | AdminUserView)[];
  /** How many of everybody have each status, the same object until that changes; in the mode `users` without counts, of those who are heard of. */
  readonly counts: Counts;
  /** What of the room is heard: what was asked for, or `pages` of a room that is too large (VW1, VW2). */
  readonly mode: Mode;
  /** Whether a roster was ever received. */
  readonly synced: boolean;
  /** The server's instant up to which the roster is known to be true; matters when stale. */
  readonly asOfAt: number | null;
  /** The client is cut off, and what it shows is as of `asOfAt` (SY6). */
  readonly stale: boolean;
  /** The last measured round trip in milliseconds. */
  readonly latencyMs: number | null;
}

/** What is shown before anything is known, and on servers. */
export const EMPTY_SNAPSHOT: PresenceSnapshot = {
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

/** The own user: as the others see them, and what they chose, which nobody else is told. Immutable. */
export interface Self extends OwnState {
  /** Null for observers and before the first sync. Who is invisible is offline here, as for everybody. */
  readonly user: UserView | null;
}

export const EMPTY_SELF: Self = { user: null, ...NOTHING_CHOSEN };

/** The snapshot without the people in it: changes with the connection, and not with every diff. */
export type ConnectionStatus = Pick<
  PresenceSnapshot,
  "connection" | "mode" | "synced" | "asOfAt" | "stale" | "latencyMs"
>;

export type Listener = () => void;

/** Told whom a diff concerned, or null when the whole roster may be another, and the instant as of which. */
export type ChangesListener = (ids: readonly string[] | null, asOfAt: number) => void;

/** The client's state without React: what is known, and who wants to know. */
export interface Store {
  readonly subscribe: (listener: Listener) => () => void;
  readonly getSnapshot: () => PresenceSnapshot;
  /** The same object until the connection's part of the snapshot changes. `asOfAt` is its age when stale. */
  readonly getStatus: () => ConnectionStatus;
  /** The same object until the own user or what they chose changes. */
  readonly getSelf: () => Self;
  readonly setOwn: (own: OwnState) => void;
  /** For views that follow a large roster without going through all of it for each diff (SY3). */
  readonly subscribeChanges: (listener: ChangesListener) => () => void;
  readonly subscribeUser: (id: string, listener: Listener) => () => void;
  readonly getUser: (id: string) => UserView | undefined;
  readonly apply: (message: RosterMessage) => Applied;
  /** Up to where the roster has been told (SY4). */
  readonly resumePoint: () => ResumePoint | null;
  readonly setConnection: (connection: ConnectionState) => void;
  /** The server's silence has become suspicious: the roster may be out of date. */
  readonly setSuspect: (suspect: boolean) => void;
  readonly setLatency: (latencyMs: number) => void;
  /** The roster is proven true up to `at` (server's clock). Tells nobody: it is looked at when stale. */
  readonly proveAt: (at: number) => void;
}

/** A store that knows nothing yet. An observer has no own user. */
export function createStore(observe: boolean): Store {
  const roster = createRoster();
  const listeners = new Set<Listener>();
  const userListeners = new Map<string, Set<Listener>>();
  const changesListeners = new Set<ChangesListener>();
  let snapshot = EMPTY_SNAPSHOT;
  let status: ConnectionStatus | null = EMPTY_SNAPSHOT;
  let outdated = false;
  let rosterChanged = false;
  let connection = EMPTY_SNAPSHOT.connection;
  let suspect = false;
  let latencyMs: number | null = null;
  let asOfAt: number | null = null;
  let self = EMPTY_SELF;

  function ownUser(): UserView | null {
    return observe || roster.selfId === null ? null : (roster.users.get(roster.selfId) ?? null);
  }

  function rebuild(): PresenceSnapshot {
    // Gathering and counting users is put off until someone looks, and done once per change (SY3).
    const users = rosterChanged ? [...roster.users.values()] : snapshot.users;
    const counts = rosterChanged ? kept(roster.counts ?? countByStatus(users)) : snapshot.counts;
    rosterChanged = false;
    return { ...currentStatus(), self: ownUser(), users, counts };
  }

  /** The very same numbers until one is another, so that nothing renders again for them. */
  function kept(counts: Counts): Counts {
    const { online, away, offline } = snapshot.counts;
    const same = counts.online === online && counts.away === away && counts.offline === offline;
    return same ? snapshot.counts : counts;
  }

  function currentStatus(): ConnectionStatus {
    const synced = roster.epoch !== null;
    const stale = synced && (connection.status !== "live" || suspect);
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
    getSelf() {
      const user = ownUser();
      if (user !== self.user) self = { ...self, user };
      return self;
    },
    setOwn(own) {
      self = { ...self, ...own };
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
      const before = new Map<string, UserView | undefined>();
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
  // A copy: whoever comes while they are told has the news already.
  for (const listener of Array.from(listeners)) {
    try {
      listener(...args);
    } catch (error) {
      // A listener's failure is the app's to see, and must not keep the client from what it was doing.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
