import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { RoomDirectory } from "../../components/admin/rooms/room-directory";
import { isRoomName } from "../../core/shared/limits";
import { adminSessions } from "../_server/admin-session";
import { firstRoomOf } from "../_server/default-room";

/** The page where admins choose a room. `?room=` opens one, `?q=` searches. */
export default async function Page({ searchParams }: PageProps<"/admin">) {
  const { room, q } = await searchParams;
  if (typeof room === "string" && isRoomName(room)) redirect(`/admin/rooms/${room}`);
  const admin = await adminSessions.show(await cookies());
  const firstRoom = firstRoomOf(admin?.rooms ?? null);
  return <RoomDirectory initialQuery={typeof q === "string" ? q : ""} firstRoom={firstRoom} />;
}
