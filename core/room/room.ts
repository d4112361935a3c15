import { DEFAULT_CHOICES } from "../shared/choices";
import type { CloseCode } from "../shared/close-codes";
import { pastReason, type Transition } from "./history";
import { newPace } from "./history-budget";
import { PLAIN_CLOCK, type WallClock } from "./room-clock";
import { derive, isActive, type Connection, type UserState } from "./status";
import { updateShown } from "./visibility";
import type { Profile } from "../shared/terms";
import type { Timings } from "../shared/timings";

/**
 * The state of a room. It changes in place, because copying a room of thousands for each pong would be too slow (SY3).
 */
export interface Room {
  readonly timings: Timings;
  /** Translates the room's instants, which measure durations, into wall time (TM1, TM2). */
  readonly clock: WallClock;
  readonly users: Map<string, UserState>;
  readonly connections: Map<string, Connection>;
  /** The connections of admins' dashboards. They are nobody's presence, so they are in no user's set. */
  readonly observers: Map<string, Connection>;
  /** The number of connections with an unanswered ping. At zero everybody has just proven to be alive (DB2). */
  awaited: number;
  /** The rounds of pings whose connections have not been pinged again. Stored in the proof of life (HB5). */
  rounds: readonly Round[];
}

/** A round of pings: at `at`, every connection last heard at `heardUntilAt` or earlier was pinged. */
export interface Round {
  readonly at: number;
  readonly heardUntilAt: number;
}

/** The effects of an event. Lists are in the order in which things happened. */
export interface Changes {
  /** Users whose record or views may have changed. */
  readonly users: Set<string>;
  /** Live connections whose own state changed. */
  readonly connections: Set<string>;
  /** Connections to send a ping to. */
  readonly pings: string[];
  /** Connections that the room has removed and whose socket must be closed. */
  readonly closes: { readonly connectionId: string; readonly code: CloseCode }[];
  /** Dead connections, with the length of their silence (HB9). */
  readonly deaths: { readonly connectionId: string; readonly silentMs: number }[];
  /** Changes of status, in order of time, for the history (DB3). */
  readonly transitions: Transition[];
  /** Users who were shown as offline although their page was there all the time (HB9). */
  readonly falseOfflines: string[];
  /** Users whose choices have changed. All of their connections must be told (ST3, ST4, PR3). */
  readonly chosen: Set<string>;
}

/** A room without users. */
export function createRoom(timings: Timings, clock = PLAIN_CLOCK): Room {
  return {
    timings,
    clock,
    users: new Map(),
    connections: new Map(),
    observers: new Map(),
    awaited: 0,
    rounds: [],
  };
}

/** Empty changes, which the handlers of an event fill. */
export function noChanges(): Changes {
  return {
    users: new Set(),
    connections: new Set(),
    pings: [],
    closes: [],
    deaths: [],
    transitions: [],
    falseOfflines: [],
    chosen: new Set(),
  };
}

/** Adds a connection to the room, and to its user or to the observers. The user must be in the room. */
export function add(room: Room, connection: Connection): void {
  room.connections.set(connection.id, connection);
  if (connection.unanswered > 0) room.awaited += 1;
  const alike = connection.observer ? room.observers : room.users.get(connection.userId)?.connections;
  alike?.set(connection.id, connection);
}

/** The user's connections of one kind: present ones, or observers. */
export function* connectionsOf(room: Room, userId: string, observers: boolean): Iterable<Connection> {
  if (!observers) return yield* room.users.get(userId)?.connections.values() ?? [];
  for (const each of room.observers.values()) if (each.userId === userId) yield each;
}

/** Removes a connection from the room. Its user keeps the latest proof of life and input (ST6). */
export function remove(room: Room, connection: Connection): void {
  room.connections.delete(connection.id);
  room.observers.delete(connection.id);
  if (connection.unanswered > 0) room.awaited -= 1;
  const user = room.users.get(connection.userId);
  if (!user?.connections.delete(connection.id)) return;
  user.seenAt = Math.max(user.seenAt, connection.heardAt);
  user.activeAt = Math.max(user.activeAt, connection.inputAt);
}

/** Derives the user's status again and marks the user as changed. */
export function refresh(room: Room, user: UserState, now: number, changes: Changes): void {
  for (const connection of user.connections.values()) {
    const active = isActive(connection, room.timings, now);
    if (active === connection.active) continue;
    connection.active = active;
    // Reported, so that it is stored: otherwise a room that wakes finds the idle deadline in the past (HB5).
    changes.connections.add(connection.id);
  }
  const { status, reason } = derive(user);
  if (status !== user.status) {
    const why = reason && { reason: pastReason(reason) };
    changes.transitions.push({ userId: user.profile.id, at: now, was: user.status, status, ...why });
    user.status = status;
    user.sinceAt = now;
  }
  user.reason = reason;
  updateShown(user, now);
  changes.users.add(user.profile.id);
}

export function newUser(profile: Profile, now: number): UserState {
  return {
    profile,
    knownSinceAt: now,
    connections: new Map(),
    graces: [],
    status: "offline",
    sinceAt: now,
    seenAt: now,
    activeAt: 0,
    reason: null,
    guest: false,
    pace: newPace(),
    signedOut: new Map(),
    lostClientId: null,
    choices: DEFAULT_CHOICES,
    choseAt: 0,
    shown: { status: "offline", sinceAt: now },
    cover: null,
  };
}
