import { opensRoom } from "../../core/shared/claims";

/** The room that has the front page. */
export const DEFAULT_ROOM = "lobby";

/** The room to begin with for whoever may enter these; null is any. */
export function firstRoomOf(rooms: readonly string[] | null): string {
  const first = rooms?.[0];
  return first === undefined || opensRoom({ rooms: rooms ?? [] }, DEFAULT_ROOM) ? DEFAULT_ROOM : first;
}

/** The page to begin with for whoever may enter these rooms; null is any. */
export function homeOf(rooms: readonly string[] | null): string {
  const room = firstRoomOf(rooms);
  return room === DEFAULT_ROOM ? "/" : `/rooms/${room}`;
}
