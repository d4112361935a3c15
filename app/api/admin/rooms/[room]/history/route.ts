import { askRoom } from "../../../../../_server/room-server";

/** How many were online and away over time. */
export const GET = askRoom;
