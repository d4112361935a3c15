import { cookies, headers } from "next/headers";
import { RoomEntry } from "../../components/room/room-entry";
import { NoEntry } from "../../components/session/no-entry";
import { opensRoom } from "../../core/shared/claims";
import { homeOf } from "./default-room";
import type { InitialPresence } from "../../client/client/presence-client";
import { getPresence } from "../../client/get-presence";
import { Problem } from "../../core/shared/problem";
import { partyUrl } from "./party-url";
import { roomServerUrl } from "./room-server";
import { roomToken } from "./room-token";
import { guestsAllowed, nameLength, signInUrl, statusLength } from "./settings";
import { hasGoodName, userSessions, type UserSession } from "./user-session";

/** A room's page, rendered with the reader's sign-in from the cookie, so that it does not change after loading. */
export async function RoomPage({ room }: { room: string }) {
  const opened = await userSessions.show(await cookies());
  const session = opened && hasGoodName(opened) ? opened : null;
  const rooms = session?.rooms ?? null;
  if (rooms !== null && !opensRoom({ rooms }, room)) {
    return <NoEntry room={room} home={{ href: homeOf(rooms), label: "To your own room" }} />;
  }
  const asked = await headers();
  return (
    <RoomEntry
      key={room}
      host={partyUrl(asked)}
      initial={session && (await initialPresence(session, room, asked))}
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

/** Who is in the room now, for the first HTML; null if that cannot be read. The page then reads it itself. */
async function initialPresence(
  session: UserSession,
  room: string,
  asked: Headers,
): Promise<InitialPresence | null> {
  try {
    const token = await roomToken(session, room, asked);
    return await getPresence({ host: roomServerUrl(), room, token });
  } catch (error) {
    // The page's own request for a token shows what is wrong.
    if (error instanceof Problem) return null;
    throw error;
  }
}
