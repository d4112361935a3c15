import { cookies, headers } from "next/headers";
import { RoomEntry } from "../../components/room/room-entry";
import { GUEST_COOKIE, hasGoodName, openGuest } from "./guest-session";
import { partyUrl } from "./party-url";
import { nameLength, statusLength } from "./settings";

/** A room's page, with the reader's sign-in as the cookie tells it: no page that is first one and then the other. */
export async function RoomPage({ room }: { room: string }) {
  const guest = await openGuest((await cookies()).get(GUEST_COOKIE)?.value);
  const profile = guest && hasGoodName(guest) ? { id: guest.userId, name: guest.name, picture: null } : null;
  return (
    <RoomEntry
      key={room}
      host={partyUrl(await headers())}
      room={room}
      nameLength={nameLength()}
      statusLength={statusLength()}
      profile={profile}
    />
  );
}
