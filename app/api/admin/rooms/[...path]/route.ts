import { askRoom, changeRoom } from "../../../../_server/admin-rooms";

/** A room's users, one user, their history, the counts, the figures: what docs/api.md lists. */
export const GET = askRoom;

/** Deletes the room, erases a user or disconnects them (DB3). */
export const DELETE = changeRoom;
