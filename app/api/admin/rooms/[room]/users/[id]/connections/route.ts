import { changeRoom } from "../../../../../../../_server/admin-rooms";

/** Disconnects the user everywhere; they may return. */
export const DELETE = changeRoom;
