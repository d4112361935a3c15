import { changeRoom } from "../../../../_server/admin-rooms";

/** Deletes the room with all that it keeps (DB3). */
export const DELETE = changeRoom;
