import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { RosterView } from "../../../../components/admin/roster-view";
import { isRoomName } from "../../../../core/limits";
import { partyUrl } from "../../../_server/party-url";

export async function generateMetadata({ params }: PageProps<"/admin/rooms/[room]">): Promise<Metadata> {
  const { room } = await params;
  return isRoomName(room) ? { title: `${room} · Admin` } : {};
}

/** A room's live roster. */
export default async function Page({ params }: PageProps<"/admin/rooms/[room]">) {
  const { room } = await params;
  if (!isRoomName(room)) notFound();
  return <RosterView key={room} host={partyUrl(await headers())} room={room} />;
}
