import { choicesExpireAt } from "./choose";
import type { Room } from "./room";
import { idleAt, type Connection, type UserState } from "./status";
import type { Timings } from "../shared/timings";

/** The earliest instant at which a sweep has something to do; null if there is none (HB4). */
export function nextDeadline(room: Room): number | null {
  let earliest = Infinity;
  for (const connection of room.connections.values()) {
    earliest = Math.min(earliest, connectionDeadline(connection, room.timings));
  }
  for (const user of room.users.values()) earliest = Math.min(earliest, userDeadline(room, user));
  return earliest === Infinity ? null : earliest;
}

/** The earliest deadline of one user; Infinity if there is none. For callers that know what has changed. */
export function userDeadline(room: Room, user: UserState): number {
  let earliest = choicesExpireAt(room, user);
  for (const { untilAt } of user.graces) earliest = Math.min(earliest, untilAt);
  return earliest;
}

/** The earliest deadline of one connection. For callers that know what has changed. */
export function connectionDeadline(connection: Connection, timings: Timings): number {
  const heartbeatAt =
    connection.unanswered === 0
      ? connection.heardAt + timings.intervalMs
      : connection.pingedAt + timings.retryMs;
  return connection.active ? Math.min(heartbeatAt, idleAt(connection, timings)) : heartbeatAt;
}
