import { CLOSE } from "../shared/close-codes";
import { expireChoices } from "./choose";
import { nextDeadline } from "./deadlines";
import { refresh, remove, type Changes, type Room } from "./room";
import { isActive, type Connection, type Grace, type UserState } from "./status";
import { isHidden } from "./visibility";
import type { Reason } from "../shared/terms";
import { roundSize, roundSlackMs } from "../shared/timings";

/**
 * Handles everything that is due: pings, repeated pings, deaths, ends of grace, idleness (HB1, HB2, GR1, ST2). If the
 * sweep comes much too late, `lateMs` included, the server was asleep and silence proves nothing. Suspect connections
 * are then pinged once more before they are declared dead.
 */
export function sweep(room: Room, now: number, lateMs: number, changes: Changes): void {
  const { intervalMs, retryMs, misses } = room.timings;
  const dueAt = nextDeadline(room) ?? now;
  const isLate = now - dueAt + lateMs > retryMs;
  const wall = room.clock.wallAt(now);
  let pingDue = false;
  let hiddenPingDue = false;
  for (const connection of room.connections.values()) {
    if (connection.unanswered === 0) {
      if (now < connection.heardAt + intervalMs) continue;
      if (isHidden(connection, room.users.get(connection.userId))) hiddenPingDue = true;
      else pingDue = true;
    } else if (now >= connection.pingedAt + retryMs) {
      if (connection.unanswered < misses || isLate) ping(room, connection, isLate, now, changes);
      else declareDead(room, connection, now, changes);
    }
  }
  if (pingDue) pingRound(room, now, changes);
  else if (hiddenPingDue) pingHidden(room, now, changes);
  for (const user of room.users.values()) {
    if (endGraces(user, now) || changes.users.has(user.profile.id) || activityChanged(room, user, now)) {
      refresh(room, user, now, changes);
    }
    for (const [sessionId, untilAt] of user.signedOut) {
      if (wall >= untilAt) user.signedOut.delete(sessionId);
    }
  }
  // Choices in an empty room expire when somebody comes in (HB4).
  if (room.connections.size > 0) expireChoices(room, now, changes);
}

/**
 * Pings the connections that have been silent for longest, and records the limit of silence, which tells later which
 * connections were pinged (HB5). Pinging a large room at once would block it until it has read all answers.
 */
function pingRound(room: Room, now: number, changes: Changes): void {
  const due: Connection[] = [];
  const silences: number[] = [];
  let visible = 0;
  for (const connection of room.connections.values()) {
    const hidden = isHidden(connection, room.users.get(connection.userId));
    if (!hidden) visible += 1;
    if (!isSoonDue(room, connection, now)) continue;
    due.push(connection);
    // Nothing that members see may depend on hidden connections (PR2).
    if (!hidden) silences.push(connection.heardAt);
  }
  silences.sort((a, b) => a - b);
  const heardUntilAt = silences[roundSize(visible) - 1] ?? soonDueUntilAt(room, now);
  room.rounds = [
    ...room.rounds.filter(({ at }) => now < at + room.timings.retryMs),
    { at: now, heardUntilAt },
  ];
  for (const connection of due)
    if (connection.heardAt <= heardUntilAt) ping(room, connection, false, now, changes);
}

/** Pings only hidden connections. Members would notice a round, so each connection is stored instead (PR2). */
function pingHidden(room: Room, now: number, changes: Changes): void {
  for (const connection of room.connections.values())
    if (isHidden(connection, room.users.get(connection.userId)) && isSoonDue(room, connection, now))
      ping(room, connection, false, now, changes);
}

/** Connections that are almost due are pinged with those that are due (HB4). */
function isSoonDue(room: Room, { unanswered, heardAt }: Connection, now: number): boolean {
  return unanswered === 0 && heardAt <= soonDueUntilAt(room, now);
}

function soonDueUntilAt({ timings }: Room, now: number): number {
  return now - timings.intervalMs + roundSlackMs(timings);
}

function ping(room: Room, connection: Connection, again: boolean, now: number, changes: Changes): void {
  const first = connection.unanswered === 0;
  if (first) {
    connection.firstPingAt = now;
    room.awaited += 1;
  }
  if (!again || first) connection.unanswered += 1;
  connection.pingedAt = now;
  // The first ping is an ordinary heartbeat. The second one makes the connection suspect, which admins see (HB3, SY3).
  if (connection.unanswered === 2 && !connection.observer) changes.users.add(connection.userId);
  changes.pings.push(connection.id);
  // The round itself tells which connections got their first ping, so thousands need not be stored (SY3).
  if (!first || isHidden(connection, room.users.get(connection.userId)))
    changes.connections.add(connection.id);
}

function declareDead(room: Room, connection: Connection, now: number, changes: Changes): void {
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

function activityChanged(room: Room, user: UserState, now: number): boolean {
  for (const connection of user.connections.values()) {
    if (connection.active !== isActive(connection, room.timings, now)) return true;
  }
  return false;
}

/** Ends graces that are over. The last one to end is the reason for being offline. Returns whether any ended. */
function endGraces(user: UserState, now: number): boolean {
  const ended = user.graces.filter((grace) => now >= grace.untilAt);
  if (ended.length === 0) return false;
  user.graces = user.graces.filter((grace) => now < grace.untilAt);
  const last = ended.reduce((latest, grace) => (grace.untilAt > latest.untilAt ? grace : latest));
  user.reason = endReason(last, user);
  user.lostClientId = last.cause === "dropped" ? last.clientId : null;
  return true;
}

function endReason(grace: Grace, user: UserState): Reason {
  const { connectionId, cause, fromAt } = grace;
  if (cause === "restart") return { kind: "restart", lastProofAt: user.seenAt };
  return { kind: cause, connectionId, fromAt };
}
