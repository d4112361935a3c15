import { NextResponse } from "next/server";
import { createToken } from "../../../client/create-token";
import { opensRoom } from "../../../core/shared/claims";
import { readLimits } from "../../../core/shared/limits";
import { hasGoodName, userSessions } from "../../_server/user-session";
import { admitGuest } from "../../_server/guest-rooms";
import { mutation } from "../../_server/mutation";
import { Problem } from "../../../core/shared/problem";
import { readBody } from "../../_server/read-body";
import { roomBody } from "../../_server/room-body";
import { secret } from "../../_server/settings";
import { clientAddress } from "../../_server/client-address";
import { tokenLifetimeS } from "../../_server/sign-in-lifetime";

/** A token with which the signed-in user enters one room. */
export const POST = mutation(async (request) => {
  const { room } = await readBody(request, roomBody);
  const session = await userSessions.open(request.cookies);
  if (!session || !hasGoodName(session)) throw new Problem(401, "Nobody is signed in here.");
  const { userId: id, name, picture, sessionId, rooms, expiresAt } = session;
  if (rooms !== null && !opensRoom({ rooms }, room))
    throw new Problem(403, "Your sign-in does not open this room.");
  const lifetimeSeconds = tokenLifetimeS(expiresAt, Date.now());
  if (lifetimeSeconds < 1) throw new Problem(401, "Your sign-in has ended.");
  if (rooms === null)
    await admitGuest(room, { sessionId, address: clientAddress(request.headers) }, performance.now());
  const token = await createToken({
    user: { id, name, picture },
    rooms: [room],
    role: "member",
    guest: rooms === null,
    sessionId,
    secret: secret("ROLLCALL_TOKEN_SECRET"),
    limits: readLimits(process.env),
    lifetimeSeconds,
  });
  return NextResponse.json({ token });
});
