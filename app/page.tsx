import { DEFAULT_ROOM } from "./_server/default-room";
import { RoomPage } from "./_server/room-page";

/** The front page: the default room. */
export default function Page() {
  return <RoomPage room={DEFAULT_ROOM} />;
}
