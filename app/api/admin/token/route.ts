import { NextResponse } from "next/server";
import { ADMIN_COOKIE, adminToken, adminSessions } from "../../../_server/admin-session";
import { mutation } from "../../../_server/mutation";
import { Problem } from "../../../../core/shared/problem";
import { readBody } from "../../../_server/read-body";
import { roomBody } from "../../../_server/room-body";

/** A token with which the signed-in admin observes one of their rooms. */
export const POST = mutation(async (request) => {
  const { room } = await readBody(request, roomBody);
  const admin = await adminSessions.open(request.cookies.get(ADMIN_COOKIE)?.value);
  if (!admin) throw new Problem(401, "No admin is signed in here.");
  return NextResponse.json({ token: await adminToken(admin, room) });
});
