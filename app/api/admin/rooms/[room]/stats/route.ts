import { askRoom } from "../../../../../_server/admin-rooms";

/** The room's figures (HB9). */
export const GET = askRoom;
