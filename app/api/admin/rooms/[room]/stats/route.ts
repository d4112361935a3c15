import { askRoom } from "../../../../../_server/admin-rooms";

/** The room's figures about its own work (HB9). */
export const GET = askRoom;
