import { askRoom } from "../../../../../_server/room-server";

/** The room's figures about its own work (HB9). */
export const GET = askRoom;
