import { askRoom } from "../../../../../../../_server/admin-rooms";

/** One user's status changes. */
export const GET = askRoom;
