import { changeRoom } from "../../../../../../../_server/admin-rooms";

/** Disconnects the user everywhere. The user may return. */
export const DELETE = changeRoom;
