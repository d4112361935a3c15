import { redirect } from "next/navigation";
import { OpenRoom } from "../../components/admin/open-room";
import { isRoomName } from "../../core/limits";
import { DEFAULT_ROOM } from "../_server/default-room";

/** Where admins choose a room; `?room=` leads on at once. */
export default async function Page({ searchParams }: PageProps<"/admin">) {
  const { room } = await searchParams;
  if (typeof room === "string" && isRoomName(room)) redirect(`/admin/rooms/${room}`);
  return <OpenRoom suggested={DEFAULT_ROOM} />;
}
