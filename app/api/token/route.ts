import { NextResponse } from "next/server";
import { createToken } from "../../../client/create-token";
import { readLimits } from "../../../core/limits";
import { GUEST_COOKIE, hasGoodName, openGuest } from "../../_server/guest-session";
import { mutation } from "../../_server/mutation";
import { Problem } from "../../_server/problem";
import { readBody } from "../../_server/read-body";
import { ROOM_TOKEN_LIFETIME_S, roomBody } from "../../_server/room-body";
import { secret } from "../../_server/settings";

/** A token that lets the signed-in guest into one room. */
export const POST = mutation(async (request) => {
  const { room } = await readBody(request, roomBody);
  const guest = await openGuest(request.cookies.get(GUEST_COOKIE)?.value);
  if (!guest || !hasGoodName(guest))
    throw new Problem(401, "Unauthorized", "Nobody is signed in here: pick a name first.");
  const token = await createToken({
    user: { id: guest.userId, name: guest.name },
    rooms: [room],
    role: "member",
    sessionId: guest.sessionId,
    secret: secret("ROLLCALL_TOKEN_SECRET"),
    limits: readLimits(process.env),
    lifetimeSeconds: ROOM_TOKEN_LIFETIME_S,
  });
  return NextResponse.json({ token });
});
