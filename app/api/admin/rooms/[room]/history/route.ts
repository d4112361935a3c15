import { askRoom } from "../../../../../_server/admin-rooms";

/** How many users were online and away over time. */
export const GET = askRoom;
