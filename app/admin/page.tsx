import { redirect } from "next/navigation";
import { RoomDirectory } from "../../components/admin/rooms/room-directory";
import { isRoomName } from "../../core/limits";
import { DEFAULT_ROOM } from "../_server/default-room";

/** Where admins choose a room; `?room=` leads on at once, `?q=` searches. */
export default async function Page({ searchParams }: PageProps<"/admin">) {
  const { room, q } = await searchParams;
  if (typeof room === "string" && isRoomName(room)) redirect(`/admin/rooms/${room}`);
  return <RoomDirectory initialQuery={typeof q === "string" ? q : ""} firstRoom={DEFAULT_ROOM} />;
}
