import { askRoom } from "../../../../../_server/admin-rooms";

/** A page of the roster, filtered by `status` and `q`. */
export const GET = askRoom;
