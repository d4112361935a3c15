import { askRoom } from "../../../../../../../_server/room-server";

/** One user's status changes. */
export const GET = askRoom;
