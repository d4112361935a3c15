import type { Limits } from "../shared/limits";
import { connectionsOf, type Room } from "./room";
import type { Connection } from "./status";

/** The limits that can refuse a connection. */
type Limit = "connectionsPerUser" | "connectionsPerRoom" | "usersPerRoom";

/** A connection that asks to join. */
type Newcomer = Pick<Connection, "userId" | "clientId" | "observer">;

/**
 * The limit that one more connection would exceed, or null (SE4). A connection that replaces the client's earlier one
 * adds none. Otherwise the earlier connection could keep its own client out of a full room (CN2).
 */
export function exceededLimit(room: Room, newcomer: Newcomer, limits: Pick<Limits, Limit>): Limit | null {
  let ofUser = 0;
  for (const { clientId } of connectionsOf(room, newcomer.userId, newcomer.observer)) {
    if (clientId === newcomer.clientId) return null;
    ofUser += 1;
  }
  if (ofUser >= limits.connectionsPerUser) return "connectionsPerUser";
  if (room.connections.size >= limits.connectionsPerRoom) return "connectionsPerRoom";
  // Observers are not users of the room, and known users always get in.
  if (newcomer.observer || room.users.has(newcomer.userId)) return null;
  return room.users.size >= limits.usersPerRoom ? "usersPerRoom" : null;
}
