import { CLOSE, type CloseCode } from "../shared/close-codes";
import { choose, expireChoices, type ChooseEvent } from "./choose";
import { adopt, grantRestart, type AdoptEvent, type ReviveEvent } from "./records";
import { add, type Changes, connectionsOf, newUser, noChanges, refresh, remove, type Room } from "./room";
import { applyActivity, isActive, suspectAt, type Connection, type UserState } from "./status";
import { sweep } from "./sweep";
import type { Activity, Profile, Reason } from "../shared/terms";

/*
 * The room's state machine: (room, event, now) → changes. It has no clock, socket or timer, so a test can apply any
 * event at any instant.
 */

/** The events of a room. */
export type RoomEvent =
  | {
      readonly type: "connect";
      readonly connection: NewConnection;
      readonly profile: Profile;
      /** Whether the token says that the user is a guest; false if missing. */
      readonly guest?: boolean;
      readonly activity: Activity;
    }
  /** A client sent any message. A pong names the ping that it answers; a report has activity. */
  | {
      readonly type: "heard";
      readonly connectionId: string;
      readonly activity?: Activity;
      readonly pingAt?: number;
    }
  /** A page says that it is being closed or reloaded (GR1). */
  | { readonly type: "leaving"; readonly connectionId: string }
  /** A socket is gone. */
  | { readonly type: "close"; readonly connectionId: string }
  | { readonly type: "signOut"; readonly connectionId: string; readonly tokensUntilAt: number }
  | ChooseEvent
  /** An admin closes all of a user's connections; they may return (API). */
  | { readonly type: "disconnect"; readonly userId: string }
  /** A user is deleted, as if the room had never known them (DB3). */
  | { readonly type: "forget"; readonly userId: string }
  | AdoptEvent
  | ReviveEvent
  /** The alarm has rung. */
  | {
      readonly type: "sweep";
      /** Time that the room's clock has skipped since the last sweep, while the server was held up (TM1). */
      readonly lateMs?: number;
    };

/** Graces of one user. */
const MOST_GRACES = 50;

export type NewConnection = Pick<
  Connection,
  "id" | "userId" | "clientId" | "sessionId" | "observer" | "device"
>;

/** Applies one event that happened at `now`, by the room's clock (TM1). Returns what changed. */
export function step(room: Room, event: RoomEvent, now: number): Changes {
  const changes = noChanges();
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
    case "choose":
      heard(room, { type: "heard", connectionId: event.connectionId }, now, changes);
      choose(room, event, now, changes);
      break;
    case "disconnect":
      endUser(room, event.userId, { kind: "disconnected", byAdminAt: now }, CLOSE.disconnected, now, changes);
      break;
    case "forget":
      endUser(room, event.userId, null, CLOSE.disconnected, now, changes);
      room.users.delete(event.userId);
      break;
    case "adopt":
      adopt(room, event, now, changes);
      break;
    case "revive":
      grantRestart(room, event, now, changes);
      break;
    case "sweep":
      sweep(room, now, event.lateMs ?? 0, changes);
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
  if (room.connections.size === 0) expireChoices(room, now, changes);
  if (given.observer) {
    replaceEarlier(room, connection, changes);
    add(room, connection);
    changes.connections.add(connection.id);
    return;
  }
  const user = known ?? newUser(profile, now);
  if (
    user.status === "offline" &&
    user.lostClientId === given.clientId &&
    now - user.sinceAt <= room.timings.graceMs
  )
    changes.falseOfflines.push(given.userId);
  user.lostClientId = null;
  if (!known) room.users.set(given.userId, user);
  user.profile = profile;
  user.guest = event.guest ?? false;
  replaceEarlier(room, connection, changes);
  user.graces = user.graces.filter((grace) => grace.clientId !== connection.clientId);
  add(room, connection);
  changes.connections.add(connection.id);
  refresh(room, user, now, changes);
}

/** A returning client replaces its earlier connection, even if the room considers that one alive (CN2). */
function replaceEarlier(room: Room, { id, userId, clientId, observer }: Connection, changes: Changes): void {
  for (const earlier of connectionsOf(room, userId, observer)) {
    if (earlier.clientId !== clientId || earlier.id === id) continue;
    remove(room, earlier);
    changes.closes.push({ connectionId: earlier.id, code: CLOSE.replaced });
  }
}

function heard(room: Room, event: RoomEvent & { type: "heard" }, now: number, changes: Changes): void {
  const connection = room.connections.get(event.connectionId);
  // Messages of a replaced or dead connection have no effect (CN2).
  if (!connection) return;
  connection.heardAt = now;
  // Zero means never pinged, so there is no round trip to measure.
  if (event.pingAt && event.pingAt === room.clock.wallAt(connection.pingedAt))
    connection.rttMs = now - connection.pingedAt;
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
  const activeNow = isActive(connection, room.timings, now);
  const visibilityChanged = (hiddenBefore === null) !== (connection.hiddenAt === null);
  // A heartbeat without news does not touch the user (SY3).
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
  const active = isActive(connection, room.timings, now);
  const untilAt = now + (cause === "closed" ? reloadGraceMs : graceMs);
  user.graces.push({ connectionId: id, clientId, sessionId, cause, active, fromAt: now, untilAt });
  if (user.graces.length > MOST_GRACES) dropRedundantGrace(user);
  refresh(room, user, now, changes);
}

/**
 * Removes the first grace to end that another grace of equal activity outlasts, which does not change the status (DB5).
 * Without this, a user who opens and closes connections all the time would have a record too large for storage.
 */
function dropRedundantGrace(user: UserState): void {
  const byEnd = user.graces.toSorted((a, b) => a.untilAt - b.untilAt);
  const redundant = byEnd.find((grace, i) =>
    byEnd.slice(i + 1).some(({ active }) => active === grace.active),
  );
  user.graces = user.graces.filter((grace) => grace !== redundant);
}

function signOut(room: Room, event: RoomEvent & { type: "signOut" }, now: number, changes: Changes): void {
  const connection = room.connections.get(event.connectionId);
  if (!connection) return;
  connection.heardAt = now;
  const { userId, sessionId } = connection;
  // Dashboards too: after a sign-out no other tab of the sign-in may still show the room.
  for (const observers of [false, true]) {
    for (const other of connectionsOf(room, userId, observers)) {
      if (other.sessionId !== sessionId) continue;
      remove(room, other);
      changes.closes.push({ connectionId: other.id, code: CLOSE.signedOut });
    }
  }
  const user = room.users.get(userId);
  if (!user) return;
  // A grace of a restart has no known sign-in. Ending it is better than showing a user who has signed out.
  user.graces = user.graces.filter((grace) => grace.sessionId !== sessionId && grace.cause !== "restart");
  if (sessionId !== null) user.signedOut.set(sessionId, event.tokensUntilAt);
  if (user.status !== "offline") user.reason = { kind: "signedOut", connectionId: event.connectionId };
  refresh(room, user, now, changes);
}

/** Ends all connections and graces of a user at once, for the reason given. */
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
  // A user who was already offline keeps the earlier reason.
  if (user.status !== "offline") user.reason = reason;
  refresh(room, user, now, changes);
}
