import type { Limits } from "../shared/limits";
import { connectionsOf, type Room } from "./room";
import type { Connection } from "./status";

/** The limits that can keep somebody out. */
type Limit = "connectionsPerUser" | "connectionsPerRoom" | "usersPerRoom";

/** The connection that would like to come in. */
type Newcomer = Pick<Connection, "userId" | "clientId" | "observer">;

/**
 * Which limit, if any, keeps one more connection out (SE4). Whoever replaces a connection of its own adds none,
 * or a client that returns to a full room would find its own ghost in its place (CN2).
 */
export function overLimit(room: Room, newcomer: Newcomer, limits: Pick<Limits, Limit>): Limit | null {
  let ofUser = 0;
  for (const { clientId } of connectionsOf(room, newcomer.userId, newcomer.observer)) {
    if (clientId === newcomer.clientId) return null;
    ofUser += 1;
  }
  if (ofUser >= limits.connectionsPerUser) return "connectionsPerUser";
  if (room.connections.size >= limits.connectionsPerRoom) return "connectionsPerRoom";
  // Who watches is no user of the room, and who is known has a place.
  if (newcomer.observer || room.users.has(newcomer.userId)) return null;
  return room.users.size >= limits.usersPerRoom ? "usersPerRoom" : null;
}
