import { cookies, headers } from "next/headers";
import { RoomEntry } from "../../components/room/room-entry";
import { NoEntry } from "../../components/session/no-entry";
import { opensRoom } from "../../core/shared/claims";
import { homeOf } from "./default-room";
import { partyUrl } from "./party-url";
import { guestsAllowed, nameLength, signInUrl, statusLength } from "./settings";
import { hasGoodName, userSessions } from "./user-session";

/** A room's page, rendered with the reader's sign-in from the cookie, so that it does not change after loading. */
export async function RoomPage({ room }: { room: string }) {
  const opened = await userSessions.show(await cookies());
  const session = opened && hasGoodName(opened) ? opened : null;
  const rooms = session?.rooms ?? null;
  if (rooms !== null && !opensRoom({ rooms }, room)) {
    return <NoEntry room={room} home={{ href: homeOf(rooms), label: "To your own room" }} />;
  }
  return (
    <RoomEntry
      key={room}
      host={partyUrl(await headers())}
      room={room}
      nameLength={nameLength()}
      statusLength={statusLength()}
      profile={session && { id: session.userId, name: session.name, picture: session.picture }}
      guests={guestsAllowed()}
      isGuest={rooms === null}
      signInUrl={signInUrl()}
    />
  );
}
