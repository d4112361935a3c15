import { askRoom } from "../../../../../_server/room-server";

/** A page of the roster, filtered by `status` and `q`. */
export const GET = askRoom;
