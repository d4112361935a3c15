import { DEFAULT_CHOICES } from "../shared/choices";
import type { CloseCode } from "../shared/close-codes";
import type { Transition } from "./history";
import { newPace } from "./history-budget";
import { PLAIN_CLOCK, type WallClock } from "./room-clock";
import { derive, isActive, type Connection, type User } from "./status";
import { updateShown } from "./visibility";
import type { Profile } from "../shared/terms";
import type { Timings } from "../shared/timings";

/**
 * All that a room knows. Changed in place, since copying a room of thousands for each pong would cost what
 * the room holds (SY3).
 */
export interface Room {
  readonly timings: Timings;
  /** Translates the room's instants, which measure durations, into those that people read (TM1, TM2). */
  readonly clock: WallClock;
  readonly users: Map<string, User>;
  readonly connections: Map<string, Connection>;
  /** Those of them that are admins' dashboards: nobody's presence, so in no user's set. */
  readonly observers: Map<string, Connection>;
  /** Connections with a ping out; when it falls to zero everybody has just proven to be alive (DB2). */
  awaited: number;
  /** The rounds of pings whose asked have not been asked again. Kept in the proof of life (HB5). */
  rounds: readonly Round[];
}

/** A round of pings: at `at` everybody was asked who had last been heard at `heardUntilAt` or earlier. */
export interface Round {
  readonly at: number;
  readonly heardUntilAt: number;
}

/** What an event did. Everything is named once; order is the order of happening. */
export interface Changes {
  /** Users whose record or view may have changed. */
  readonly users: Set<string>;
  /** Live connections whose own state changed. */
  readonly connections: Set<string>;
  /** Connections to send a ping to. */
  readonly pings: string[];
  /** Connections the room has let go and whose socket is to be closed. */
  readonly closes: { readonly connectionId: string; readonly code: CloseCode }[];
  /** Connections found dead, with how long each had been silent (HB9). */
  readonly deaths: { readonly connectionId: string; readonly silentMs: number }[];
  /** Changes of status, in order of time: what becomes history (DB3). */
  readonly transitions: Transition[];
  /** Users who were shown as offline and whose very page turned out to be there all the time (HB9). */
  readonly falseOfflines: string[];
  /** Users whose own choices are others now: to be told to all of their connections (ST3, ST4, PR3). */
  readonly chosen: Set<string>;
}

/** A new room knows nobody. */
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

/** Nothing has changed yet. */
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

/** Takes a connection into the room: into the set of its user, who is known, or among the observers. */
export function add(room: Room, connection: Connection): void {
  room.connections.set(connection.id, connection);
  if (connection.unanswered > 0) room.awaited += 1;
  const alike = connection.observer ? room.observers : room.users.get(connection.userId)?.connections;
  alike?.set(connection.id, connection);
}

/** The user's connections of one kind: present ones or observers. */
export function* connectionsOf(room: Room, userId: string, observers: boolean): Iterable<Connection> {
  if (!observers) return yield* room.users.get(userId)?.connections.values() ?? [];
  for (const each of room.observers.values()) if (each.userId === userId) yield each;
}

/** Takes a connection out of the room, keeping what it proved about its user (ST6). */
export function remove(room: Room, connection: Connection): void {
  room.connections.delete(connection.id);
  room.observers.delete(connection.id);
  if (connection.unanswered > 0) room.awaited -= 1;
  const user = room.users.get(connection.userId);
  if (!user?.connections.delete(connection.id)) return;
  user.seenAt = Math.max(user.seenAt, connection.heardAt);
  user.activeAt = Math.max(user.activeAt, connection.inputAt);
}

/** Derives the user's status anew and notes the user as touched. */
export function refresh(room: Room, user: User, now: number, changes: Changes): void {
  for (const connection of user.connections.values()) {
    const active = isActive(connection, room.timings, now);
    if (active === connection.active) continue;
    connection.active = active;
    // Told, so that it is kept: a room that wakes with it forgotten finds an idleness overdue (HB5).
    changes.connections.add(connection.id);
  }
  const { status, reason } = derive(user);
  if (status !== user.status) {
    changes.transitions.push({ userId: user.profile.id, at: now, was: user.status, status });
    user.status = status;
    user.sinceAt = now;
  }
  user.reason = reason;
  updateShown(user, now);
  changes.users.add(user.profile.id);
}

export function newUser(profile: Profile, now: number): User {
  return {
    profile,
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
