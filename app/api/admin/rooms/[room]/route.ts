import { changeRoom } from "../../../../_server/admin-rooms";

/** Deletes the room and everything stored of it (DB3). */
export const DELETE = changeRoom;
