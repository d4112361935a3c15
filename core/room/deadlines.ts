import { choicesUntilAt } from "./choose";
import type { Room } from "./room";
import { idleAt, type Connection, type User } from "./status";
import type { Timings } from "../shared/timings";

/** The earliest instant at which a sweep will do something, or null when nothing ever will (HB4). */
export function nextDeadline(room: Room): number | null {
  let earliest = Infinity;
  for (const connection of room.connections.values()) {
    earliest = Math.min(earliest, connectionDeadline(connection, room.timings));
  }
  for (const user of room.users.values()) earliest = Math.min(earliest, userDeadline(room, user));
  return earliest === Infinity ? null : earliest;
}

/** The earliest deadline of one user, for a caller that knows that nothing else has changed; Infinity if there is none. */
export function userDeadline(room: Room, { graces, choices }: User): number {
  let earliest = Infinity;
  for (const grace of graces) earliest = Math.min(earliest, grace.untilAt);
  // With nobody there to see it a choice may outlive its time: whoever comes next does not find it (HB4, ST4).
  const endsAt = room.connections.size > 0 ? choicesUntilAt(choices) : Infinity;
  if (endsAt < Infinity) earliest = Math.min(earliest, room.clock.roomAt(endsAt));
  return earliest;
}

/** The earliest deadline of one connection, for a caller that knows that nothing else has changed. */
export function connectionDeadline(connection: Connection, timings: Timings): number {
  const heartbeatAt =
    connection.unanswered === 0
      ? connection.heardAt + timings.intervalMs
      : connection.pingedAt + timings.retryMs;
  return connection.active ? Math.min(heartbeatAt, idleAt(connection, timings)) : heartbeatAt;
}
