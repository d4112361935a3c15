import { DEFAULT_ROOM } from "./_server/default-room";
import { RoomPage } from "./_server/room-page";

/** The room that everybody finds first. */
export default function Page() {
  return <RoomPage room={DEFAULT_ROOM} />;
}
