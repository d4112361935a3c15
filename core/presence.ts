import { CLOSE, type CloseCode } from "./close-codes";
import type { Transition } from "./history";
import { applyActivity, derive, idleAt, suspectAt, type Connection, type Grace, type User } from "./status";
import type { Activity, Profile, Reason } from "./terms";
import { roundSlackMs, type Timings } from "./timings";

/**
 * The room's state machine: (state, event, now) → changes. It holds no clock, socket or timer, so
 * every rule can be tested by telling it what happened and when. State is changed in place, since
 * copying a room of thousands for each pong would cost what the room holds (SY3).
 */
export interface Room {
  readonly timings: Timings;
  readonly users: Map<string, User>;
  readonly connections: Map<string, Connection>;
  /** Connections with a ping out; when it falls to zero everybody has just proven to be alive (DB2). */
  awaited: number;
  /** When rounds of pings were sent whose asked have not been asked again. Kept in the proof of life (HB5). */
  rounds: readonly number[];
}

/** What can happen to a room. */
export type RoomEvent =
  | {
      readonly type: "connect";
      readonly connection: NewConnection;
      readonly profile: Profile;
      readonly activity: Activity;
    }
  /** Anything a client sent: a pong names the ping it answers, a report carries activity. */
  | {
      readonly type: "heard";
      readonly connectionId: string;
      readonly activity?: Activity;
      readonly pingAt?: number;
    }
  /** The page says that it is being closed or reloaded (GR1). */
  | { readonly type: "leaving"; readonly connectionId: string }
  /** The socket is gone. */
  | { readonly type: "close"; readonly connectionId: string }
  | { readonly type: "signOut"; readonly connectionId: string; readonly tokensUntilAt: number }
  /** An admin closes all of a user's connections; they may return (API). */
  | { readonly type: "disconnect"; readonly userId: string }
  /** A user is forgotten, as if the room had never known them (DB3). */
  | { readonly type: "forget"; readonly userId: string }
  /** The alarm: time has passed. */
  | { readonly type: "sweep" };

export type NewConnection = Pick<
  Connection,
  "id" | "userId" | "clientId" | "sessionId" | "observer" | "device"
>;

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
}

/** A new room knows nobody. */
export function createRoom(timings: Timings): Room {
  return { timings, users: new Map(), connections: new Map(), awaited: 0, rounds: [] };
}

/** Applies one event that happened at `now` (server's clock) and returns what changed. */
export function step(room: Room, event: RoomEvent, now: number): Changes {
  const changes: Changes = {
    users: new Set(),
    connections: new Set(),
    pings: [],
    closes: [],
    deaths: [],
    transitions: [],
    falseOfflines: [],
  };
  switch (event.type) {
    case "connect":
      connect(room, event, now, changes);
      break;
    case "heard":
      heard(room, event, now, changes);
      break;
    case "leaving":
      leaving(room, event.connectionId, now, changes);
      break;
    case "close":
      drop(room, event.connectionId, "dropped", now, changes);
      break;
    case "signOut":
      signOut(room, event, now, changes);
      break;
    case "disconnect":
      endUser(room, event.userId, { kind: "disconnected", byAdminAt: now }, CLOSE.disconnected, now, changes);
      break;
    case "forget":
      endUser(room, event.userId, null, CLOSE.disconnected, now, changes);
      room.users.delete(event.userId);
      break;
    case "sweep":
      sweep(room, now, changes);
      break;
    default:
      event satisfies never;
  }
  return changes;
}

function connect(room: Room, event: RoomEvent & { type: "connect" }, now: number, changes: Changes): void {
  const { connection: given, profile, activity } = event;
  const connection: Connection = {
    ...given,
    connectedAt: now,
    heardAt: now,
    inputAt: now - activity.idleMs,
    hiddenAt: null,
    active: false,
    unanswered: 0,
    pingedAt: 0,
    firstPingAt: null,
    rttMs: null,
  };
  applyActivity(connection, activity, now);

  const known = room.users.get(given.userId);
  if (given.sessionId !== null && known?.signedOut.has(given.sessionId)) {
    // A token that outlived its sign-in must not bring the user back (GR2).
    changes.closes.push({ connectionId: given.id, code: CLOSE.signedOut });
    return;
  }
  if (given.observer) {
    replaceObserver(room, connection, changes);
    room.connections.set(connection.id, connection);
    changes.connections.add(connection.id);
    return;
  }
  const user = known ?? newUser(profile, now);
  if (user.status === "offline" && user.lostClientId === given.clientId)
    changes.falseOfflines.push(given.userId);
  user.lostClientId = null;
  if (!known) room.users.set(given.userId, user);
  user.profile = profile;
  replaceEarlier(room, user, connection, changes);
  room.connections.set(connection.id, connection);
  user.connections.set(connection.id, connection);
  changes.connections.add(connection.id);
  refresh(room, user, now, changes);
}

/** A client that comes back replaces what it left behind, alive or in grace (CN2). */
function replaceEarlier(room: Room, user: User, connection: Connection, changes: Changes): void {
  for (const earlier of user.connections.values()) {
    if (earlier.clientId !== connection.clientId || earlier.id === connection.id) continue;
    remove(room, earlier);
    changes.closes.push({ connectionId: earlier.id, code: CLOSE.replaced });
  }
  user.graces = user.graces.filter((grace) => grace.clientId !== connection.clientId);
}

function replaceObserver(room: Room, connection: Connection, changes: Changes): void {
  for (const earlier of room.connections.values()) {
    if (!earlier.observer || earlier.clientId !== connection.clientId || earlier.userId !== connection.userId)
      continue;
    remove(room, earlier);
    changes.closes.push({ connectionId: earlier.id, code: CLOSE.replaced });
  }
}

function heard(room: Room, event: RoomEvent & { type: "heard" }, now: number, changes: Changes): void {
  const connection = room.connections.get(event.connectionId);
  // What a replaced or dead connection still says harms nothing (CN2).
  if (!connection) return;
  connection.heardAt = now;
  // Zero means never pinged: an answer to that measures nothing.
  if (event.pingAt && event.pingAt === connection.pingedAt) connection.rttMs = now - event.pingAt;
  const wasSuspect = suspectAt(connection) !== null;
  if (connection.unanswered > 0) {
    connection.unanswered = 0;
    connection.firstPingAt = null;
    room.awaited -= 1;
  }
  const hiddenBefore = connection.hiddenAt;
  if (event.activity) applyActivity(connection, event.activity, now);
  changes.connections.add(connection.id);

  const user = room.users.get(connection.userId);
  if (!user || connection.observer) return;
  const activeNow = now < idleAt(connection, room.timings);
  const visibilityChanged = (hiddenBefore === null) !== (connection.hiddenAt === null);
  // A heartbeat that tells nothing new costs no look at the user (SY3).
  if (wasSuspect || visibilityChanged || activeNow !== connection.active) refresh(room, user, now, changes);
}

function leaving(room: Room, connectionId: string, now: number, changes: Changes): void {
  const connection = room.connections.get(connectionId);
  if (!connection) return;
  connection.heardAt = now;
  drop(room, connectionId, "closed", now, changes);
  changes.closes.push({ connectionId, code: CLOSE.left });
}

function drop(
  room: Room,
  connectionId: string,
  cause: "dropped" | "closed",
  now: number,
  changes: Changes,
): void {
  const connection = room.connections.get(connectionId);
  if (!connection) return;
  remove(room, connection);
  const user = room.users.get(connection.userId);
  if (!user || connection.observer) return;
  const { graceMs, reloadGraceMs } = room.timings;
  const { id, clientId, sessionId } = connection;
  const active = now < idleAt(connection, room.timings);
  const untilAt = now + (cause === "closed" ? reloadGraceMs : graceMs);
  user.graces.push({ connectionId: id, clientId, sessionId, cause, active, fromAt: now, untilAt });
  refresh(room, user, now, changes);
}

function signOut(room: Room, event: RoomEvent & { type: "signOut" }, now: number, changes: Changes): void {
  const connection = room.connections.get(event.connectionId);
  if (!connection) return;
  connection.heardAt = now;
  const { userId, sessionId } = connection;
  // Dashboards too: who signs out on one tab must not leave the room open to view on another.
  for (const other of room.connections.values()) {
    if (other.userId !== userId || other.sessionId !== sessionId) continue;
    remove(room, other);
    changes.closes.push({ connectionId: other.id, code: CLOSE.signedOut });
  }
  const user = room.users.get(userId);
  if (!user) return;
  // What a restart left has no known sign-in: better not to wait for it than to show who has left.
  user.graces = user.graces.filter((grace) => grace.sessionId !== sessionId && grace.cause !== "restart");
  if (sessionId !== null) user.signedOut.set(sessionId, event.tokensUntilAt);
  if (user.status !== "offline") user.reason = { kind: "signedOut", connectionId: event.connectionId };
  refresh(room, user, now, changes);
}

/** Ends all that a user has, at once and without grace, for the reason given. */
function endUser(
  room: Room,
  userId: string,
  reason: Reason | null,
  code: CloseCode,
  now: number,
  changes: Changes,
): void {
  const user = room.users.get(userId);
  if (!user) return;
  for (const connection of user.connections.values()) {
    remove(room, connection);
    changes.closes.push({ connectionId: connection.id, code });
  }
  user.graces = [];
  // Who was offline already is so for another reason.
  if (user.status !== "offline") user.reason = reason;
  refresh(room, user, now, changes);
}

/**
 * Does what time has made due: pings, repeats, deaths, ends of grace, idleness (HB1, HB2, GR1, ST2).
 * When the sweep itself comes much too late the server was asleep, and silence proves nothing: whoever
 * is suspect is asked once more before being declared dead.
 */
function sweep(room: Room, now: number, changes: Changes): void {
  const { intervalMs, retryMs, misses } = room.timings;
  const dueAt = nextDeadline(room) ?? now;
  const overslept = now - dueAt > retryMs;
  let pingDue = false;
  for (const connection of room.connections.values()) {
    if (connection.unanswered === 0) {
      pingDue ||= now >= connection.heardAt + intervalMs;
    } else if (now >= connection.pingedAt + retryMs) {
      if (connection.unanswered < misses || overslept) ping(room, connection, overslept, now, changes);
      else die(room, connection, now, changes);
    }
  }
  if (pingDue) {
    room.rounds = [...room.rounds.filter((at) => now < at + retryMs), now];
    for (const connection of room.connections.values()) {
      if (connection.unanswered === 0 && now >= roundFromAt(connection, room.timings))
        ping(room, connection, false, now, changes);
    }
  }
  for (const user of room.users.values()) {
    if (endGraces(user, now) || changes.users.has(user.profile.id) || activityChanged(room, user, now)) {
      refresh(room, user, now, changes);
    }
    for (const [sessionId, untilAt] of user.signedOut) {
      if (now >= untilAt) user.signedOut.delete(sessionId);
    }
  }
}

/** From when a round of pings includes a connection: those soon due are asked with those who are (HB4). */
export function roundFromAt({ heardAt }: Connection, timings: Timings): number {
  return heardAt + timings.intervalMs - roundSlackMs(timings);
}

function ping(room: Room, connection: Connection, again: boolean, now: number, changes: Changes): void {
  const first = connection.unanswered === 0;
  if (first) {
    connection.firstPingAt = now;
    room.awaited += 1;
  }
  if (!again || first) connection.unanswered += 1;
  connection.pingedAt = now;
  // The first ping of a round is a mere heartbeat; from the second on it is news for admins (HB3, SY3).
  if (connection.unanswered === 2 && !connection.observer) changes.users.add(connection.userId);
  changes.pings.push(connection.id);
  // Whom a round pings first can be told from when it was: thousands need not be written for it (SY3).
  if (!first || connection.observer) changes.connections.add(connection.id);
}

function die(room: Room, connection: Connection, now: number, changes: Changes): void {
  remove(room, connection);
  changes.closes.push({ connectionId: connection.id, code: CLOSE.heartbeatMissed });
  changes.deaths.push({ connectionId: connection.id, silentMs: now - connection.heardAt });
  const user = room.users.get(connection.userId);
  if (!user || connection.observer) return;
  user.reason = {
    kind: "missed",
    connectionId: connection.id,
    misses: connection.unanswered,
    lastHeardAt: connection.heardAt,
  };
  user.lostClientId = connection.clientId;
  changes.users.add(user.profile.id);
}

function activityChanged(room: Room, user: User, now: number): boolean {
  for (const connection of user.connections.values()) {
    if (connection.active !== now < idleAt(connection, room.timings)) return true;
  }
  return false;
}

/** Ends graces whose time is up; the last one to end says why the user is offline. Whether any ended. */
function endGraces(user: User, now: number): boolean {
  const ended = user.graces.filter((grace) => now >= grace.untilAt);
  if (ended.length === 0) return false;
  user.graces = user.graces.filter((grace) => now < grace.untilAt);
  const last = ended.reduce((latest, grace) => (grace.untilAt > latest.untilAt ? grace : latest));
  user.reason = endReason(last, user);
  user.lostClientId = last.cause === "dropped" ? last.clientId : null;
  return true;
}

function endReason(grace: Grace, user: User): Reason {
  const { connectionId, cause, fromAt } = grace;
  if (cause === "restart") return { kind: "restart", lastProofAt: user.seenAt };
  return { kind: cause, connectionId, fromAt };
}

/** Takes a connection out of the room, keeping what it proved about its user (ST6). */
function remove(room: Room, connection: Connection): void {
  room.connections.delete(connection.id);
  if (connection.unanswered > 0) room.awaited -= 1;
  const user = room.users.get(connection.userId);
  if (!user?.connections.delete(connection.id)) return;
  user.seenAt = Math.max(user.seenAt, connection.heardAt);
  user.activeAt = Math.max(user.activeAt, connection.inputAt);
}

/** Derives the user's status anew and notes the user as touched. */
function refresh(room: Room, user: User, now: number, changes: Changes): void {
  for (const connection of user.connections.values()) {
    const active = now < idleAt(connection, room.timings);
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
  changes.users.add(user.profile.id);
}

function newUser(profile: Profile, now: number): User {
  return {
    profile,
    connections: new Map(),
    graces: [],
    status: "offline",
    sinceAt: now,
    seenAt: now,
    activeAt: 0,
    reason: null,
    signedOut: new Map(),
    lostClientId: null,
  };
}

/** The earliest instant at which a sweep will do something, or null when nothing ever will (HB4). */
export function nextDeadline(room: Room): number | null {
  let earliest = Infinity;
  for (const connection of room.connections.values()) {
    earliest = Math.min(earliest, connectionDeadline(connection, room.timings));
  }
  for (const user of room.users.values()) {
    for (const grace of user.graces) earliest = Math.min(earliest, grace.untilAt);
  }
  return earliest === Infinity ? null : earliest;
}

/** The earliest deadline of one connection, for a caller that knows that nothing else has changed. */
export function connectionDeadline(connection: Connection, timings: Timings): number {
  const heartbeatAt =
    connection.unanswered === 0
      ? connection.heardAt + timings.intervalMs
      : connection.pingedAt + timings.retryMs;
  return connection.active ? Math.min(heartbeatAt, idleAt(connection, timings)) : heartbeatAt;
}
