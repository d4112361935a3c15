import * as v from "valibot";
import { isRoomName, ROOM_NAME_RULE } from "../../core/shared/limits";

/** `{ room }`, the body of a request for a room's token. */
export const roomBody = v.object({
  room: v.pipe(v.string(), v.check(isRoomName, ROOM_NAME_RULE)),
});
