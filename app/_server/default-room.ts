import { opensRoom } from "../../core/shared/claims";

/** The room of the front page. */
export const DEFAULT_ROOM = "lobby";

/** The first room of a user who may enter these rooms; null means any room. */
export function firstRoomOf(rooms: readonly string[] | null): string {
  const first = rooms?.[0];
  return first === undefined || opensRoom({ rooms: rooms ?? [] }, DEFAULT_ROOM) ? DEFAULT_ROOM : first;
}

/** The first page of a user who may enter these rooms; null means any room. */
export function homeOf(rooms: readonly string[] | null): string {
  const room = firstRoomOf(rooms);
  return room === DEFAULT_ROOM ? "/" : `/rooms/${room}`;
}
