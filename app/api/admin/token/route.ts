import { NextResponse } from "next/server";
import { adminOf, adminToken } from "../../../_server/admin-session";
import { mutation } from "../../../_server/mutation";
import { readBody } from "../../../_server/read-body";
import { roomBody } from "../../../_server/room-body";

/** A token with which the signed-in admin observes one of their rooms. */
export const POST = mutation(async (request) => {
  const { room } = await readBody(request, roomBody);
  return NextResponse.json({ token: await adminToken(await adminOf(request), room) });
});
