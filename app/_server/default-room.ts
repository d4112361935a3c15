import { opensRoom } from "../../core/claims";

/** The room that has the front page. */
export const DEFAULT_ROOM = "lobby";

/** The page to begin with for whoever may enter these rooms; null is any. */
export function homeOf(rooms: readonly string[] | null): string {
  const first = rooms?.[0];
  return first === undefined || opensRoom({ rooms: rooms ?? [] }, DEFAULT_ROOM) ? "/" : `/rooms/${first}`;
}
