import * as v from "valibot";
import { isRoomName } from "../../core/shared/limits";

/** `{ room }`, the body of a request for a room's token. */
export const roomBody = v.object({
  room: v.pipe(
    v.string(),
    v.check(isRoomName, "A room's name has 1 to 64 letters, digits, _ or -, the first a letter or digit."),
  ),
});
