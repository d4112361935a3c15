import { NextResponse } from "next/server";
import { mutation } from "../../_server/mutation";
import { readBody } from "../../_server/read-body";
import { roomBody } from "../../_server/room-body";
import { roomToken } from "../../_server/room-token";
import { userSessions } from "../../_server/user-session";

/** A token with which the signed-in user enters one room. */
export const POST = mutation(async (request) => {
  const { room } = await readBody(request, roomBody);
  const session = await userSessions.open(request.cookies);
  return NextResponse.json({ token: await roomToken(session, room, request.headers) });
});
