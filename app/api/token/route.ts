import { NextResponse } from "next/server";
import { createToken } from "../../../client/create-token";
import { opensRoom } from "../../../core/claims";
import { readLimits } from "../../../core/limits";
import { SESSION_COOKIE, hasGoodName, openSession } from "../../_server/user-session";
import { mutation } from "../../_server/mutation";
import { Problem } from "../../_server/problem";
import { readBody } from "../../_server/read-body";
import { ROOM_TOKEN_LIFETIME_S, roomBody } from "../../_server/room-body";
import { secret } from "../../_server/settings";

/** A token that lets whoever is signed in into one room. */
export const POST = mutation(async (request) => {
  const { room } = await readBody(request, roomBody);
  const session = await openSession(request.cookies.get(SESSION_COOKIE)?.value);
  if (!session || !hasGoodName(session)) throw new Problem(401, "Unauthorized", "Nobody is signed in here.");
  const { userId: id, name, picture, sessionId, rooms } = session;
  if (rooms !== null && !opensRoom({ rooms }, room))
    throw new Problem(403, "Forbidden", "Your sign-in does not open this room.");
  const token = await createToken({
    user: { id, name, picture },
    rooms: [room],
    role: "member",
    sessionId,
    secret: secret("ROLLCALL_TOKEN_SECRET"),
    limits: readLimits(process.env),
    lifetimeSeconds: ROOM_TOKEN_LIFETIME_S,
  });
  return NextResponse.json({ token });
});
