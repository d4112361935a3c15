import { askRoom, changeRoom } from "../../../../../../_server/admin-rooms";

/** One user, with connections and reason (ST5, CN4). */
export const GET = askRoom;

/** Erases the user and their history (DB3). */
export const DELETE = changeRoom;
