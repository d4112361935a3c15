import { changeRoom } from "../../../../../../../_server/room-server";

/** Disconnects the user everywhere; they may return. */
export const DELETE = changeRoom;
