import type { Limits } from "./limits";
import { connectionsOf, type Room } from "./room";
import type { Connection } from "./status";

/** The connection that would like to come in. */
type Newcomer = Pick<Connection, "userId" | "clientId" | "observer">;

/**
 * Which limit, if any, keeps one more connection out (SE4). Whoever replaces a connection of its own adds none,
 * or a client that returns to a full room would find its own ghost in its place (CN2).
 */
export function connectionOverLimit(
  room: Room,
  newcomer: Newcomer,
  limits: Pick<Limits, "connectionsPerUser" | "connectionsPerRoom">,
): "user" | "room" | null {
  let ofUser = 0;
  for (const { clientId } of connectionsOf(room, newcomer.userId, newcomer.observer)) {
    if (clientId === newcomer.clientId) return null;
    ofUser += 1;
  }
  if (ofUser >= limits.connectionsPerUser) return "user";
  return room.connections.size >= limits.connectionsPerRoom ? "room" : null;
}
