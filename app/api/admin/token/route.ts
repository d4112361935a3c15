import { NextResponse } from "next/server";
import { createToken } from "../../../../client/create-token";
import { ADMIN_COOKIE, openAdmin } from "../../../_server/admin-session";
import { mutation } from "../../../_server/mutation";
import { Problem } from "../../../_server/problem";
import { readBody } from "../../../_server/read-body";
import { ROOM_TOKEN_LIFETIME_S, roomBody } from "../../../_server/room-body";
import { secret } from "../../../_server/settings";

/** A token that lets the signed-in admin look into one room. */
export const POST = mutation(async (request) => {
  const { room } = await readBody(request, roomBody);
  const admin = await openAdmin(request.cookies.get(ADMIN_COOKIE)?.value);
  if (!admin) throw new Problem(401, "Unauthorized", "No admin is signed in here.");
  const token = await createToken({
    user: { id: admin.adminId, name: "Admin" },
    rooms: [room],
    role: "admin",
    secret: secret("ROLLCALL_TOKEN_SECRET"),
    lifetimeSeconds: ROOM_TOKEN_LIFETIME_S,
  });
  return NextResponse.json({ token });
});
