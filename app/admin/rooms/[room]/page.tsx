import type { Metadata } from "next";
import { cookies, headers } from "next/headers";
import { notFound } from "next/navigation";
import { RosterView } from "../../../../components/admin/roster-view";
import { NoEntry } from "../../../../components/session/no-entry";
import { opensRoom } from "../../../../core/shared/claims";
import { isRoomName } from "../../../../core/shared/limits";
import { adminSessions } from "../../../_server/admin-session";
import { partyUrl } from "../../../_server/party-url";

export async function generateMetadata({ params }: PageProps<"/admin/rooms/[room]">): Promise<Metadata> {
  const { room } = await params;
  return isRoomName(room) ? { title: `${room} · Admin` } : {};
}

/** A room's live roster, for its admins. */
export default async function Page({ params }: PageProps<"/admin/rooms/[room]">) {
  const { room } = await params;
  if (!isRoomName(room)) notFound();
  const admin = await adminSessions.show(await cookies());
  if (admin && !opensRoom(admin, room)) {
    return <NoEntry room={room} home={{ href: "/admin", label: "To your own rooms" }} />;
  }
  return <RosterView key={room} host={partyUrl(await headers())} room={room} />;
}
