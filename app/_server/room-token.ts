import { createToken } from "../../client/create-token";
import { opensRoom } from "../../core/shared/claims";
import { readLimits } from "../../core/shared/limits";
import { Problem } from "../../core/shared/problem";
import { clientAddress } from "./client-address";
import { admitGuest } from "./guest-rooms";
import { secret } from "./settings";
import { tokenLifetimeS } from "./sign-in-lifetime";
import { hasGoodName, type UserSession } from "./user-session";

/**
 * Creates a token with which a signed-in user enters one room.
 * @throws {Problem} 401 without a sign-in, 403 if it does not open the room, 429 if a guest has created too many rooms
 */
export async function roomToken(
  session: UserSession | null,
  room: string,
  headers: Headers,
): Promise<string> {
  if (!session || !hasGoodName(session)) throw new Problem(401, "Nobody is signed in here.");
  const { userId: id, name, picture, sessionId, rooms, expiresAt } = session;
  if (rooms !== null && !opensRoom({ rooms }, room))
    throw new Problem(403, "Your sign-in does not open this room.");
  const lifetimeSeconds = tokenLifetimeS(expiresAt, Date.now());
  if (lifetimeSeconds < 1) throw new Problem(401, "Your sign-in has ended.");
  if (rooms === null)
    await admitGuest(room, { sessionId, address: clientAddress(headers) }, performance.now());
  return await createToken({
    user: { id, name, picture },
    rooms: [room],
    role: "member",
    guest: rooms === null,
    sessionId,
    secret: secret("ROLLCALL_TOKEN_SECRET"),
    limits: readLimits(process.env),
    lifetimeSeconds,
  });
}
