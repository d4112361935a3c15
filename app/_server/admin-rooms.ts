import type { NextRequest } from "next/server";
import { ANY_ROOM, opensRoom } from "../../core/shared/claims";
import { isRoomName } from "../../core/shared/limits";
import { adminOf, adminToken } from "./admin-session";
import { mutation, query } from "./mutation";
import { Problem } from "../../core/shared/problem";
import { askRoomServer } from "./room-server";
import { secret } from "./settings";

const OURS = "/api/admin/rooms/";

/** A route that asks a room on behalf of the signed-in admin. The rest of the path is the room server's. */
export const askRoom = query(passToRoom);

/** The same for requests that change something. Pages of other sites are refused. */
export const changeRoom = mutation(passToRoom);

/** A route that asks the directory for the signed-in admin's rooms. */
export const askDirectory = query(async (request) => {
  const { rooms } = await adminOf(request);
  const params = new URLSearchParams(request.nextUrl.search);
  params.delete("rooms");
  if (!rooms.includes(ANY_ROOM)) params.set("rooms", rooms.join(","));
  const path = `/parties/directory/main/rooms?${params}`;
  return await pass(request, path, secret("ROLLCALL_API_KEY"), "ROLLCALL_API_KEY");
});

async function passToRoom(request: NextRequest): Promise<Response> {
  const admin = await adminOf(request);
  // Still encoded, as it was sent. An id may contain any character.
  const { pathname } = new URL(request.url);
  const path = pathname.slice(OURS.length);
  const room = path.split("/", 1)[0] ?? "";
  if (!pathname.startsWith(OURS) || !isRoomName(room)) {
    throw new Problem(404, "There is no room of this name.");
  }
  if (!opensRoom(admin, room)) throw new Problem(403, "You are not an admin of this room.");
  // A token for this room instead of the key, so that no path reaches another room (SE5).
  const token = await adminToken(admin, room);
  return await pass(
    request,
    `/parties/main/${path}${request.nextUrl.search}`,
    token,
    "ROLLCALL_TOKEN_SECRET",
  );
}

async function pass(request: NextRequest, path: string, bearer: string, setting: string): Promise<Response> {
  const answer = await askRoomServer(path, { method: request.method, bearer });
  const type = answer.headers.get("content-type") ?? "";
  if (answer.status === 401 || answer.status === 403) {
    // The admin is signed in. The room server refuses this server's credentials.
    const detail = `The room server does not accept this app: are ${setting} and the clock the same in both?`;
    throw new Problem(502, detail);
  }
  if (!/^application\/(problem\+)?json/.test(type)) {
    throw new Problem(502, `The room server's answer (${answer.status}) makes no sense.`);
  }
  return new Response(answer.body, { status: answer.status, headers: { "Content-Type": type } });
}
