import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { isRoomName } from "../../../core/shared/limits";
import { RoomPage } from "../../_server/room-page";

export async function generateMetadata({ params }: PageProps<"/rooms/[room]">): Promise<Metadata> {
  const { room } = await params;
  return isRoomName(room) ? { title: room } : {};
}

/** A room by its name. */
export default async function Page({ params }: PageProps<"/rooms/[room]">) {
  const { room } = await params;
  if (!isRoomName(room)) notFound();
  return <RoomPage room={room} />;
}
