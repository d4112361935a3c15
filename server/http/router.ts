import type { RoomStats } from "../../core/shared/api-answers";
import type { Room } from "../../core/room/room";
import { countByStatus, type Counts } from "../../core/shared/roster-query";
import { audienceOf, isInvisible } from "../../core/room/visibility";
import { readAsker, readRole } from "../gate/admission";
import { roomHistory, userHistory } from "./history";
import { allUsers, oneUser, readIds, usersById } from "./users";
import { summaryOf } from "../figures";
import type { ProcessHost } from "../host";
import type { ApiRequest, ApiRoom } from "./request";
import { allow, forbidden, invalid, notFound, unauthorized } from "./params";
import { errorResponse, jsonResponse } from "./problem";
import { FLUSH_BOUNDS, SILENCE_BOUNDS_MS } from "../stats";

/** The upper bounds of the histograms in the statistics. */
const BOUNDS = { silence: SILENCE_BOUNDS_MS, flushSize: FLUSH_BOUNDS };

/** Answers the room's part of the HTTP API. Never throws. */
export async function serveApi(
  request: Request,
  room: ApiRoom,
  host: Pick<ProcessHost, "log">,
): Promise<Response> {
  try {
    const role = readRole(request.headers);
    if (!role) throw unauthorized("a bearer key or token is needed");
    const asker = readAsker(request.headers);
    const bearer = asker ? room.room.users.get(asker.userId) : undefined;
    if (asker?.sessionId && bearer?.signedOut.has(asker.sessionId)) {
      // The token has outlived its sign-in (GR2).
      throw unauthorized("the token's sign-in has ended");
    }
    const url = new URL(request.url);
    // /parties/main/:room/…. PartyKit also serves another address for the same, which is not part of the API.
    const [, parties, , ...named] = url.pathname.split("/").map(decode);
    if (parties !== "parties") throw notFound("there is nothing at this address");
    const [roomName = "", ...path] = named;
    const asked = {
      request,
      role,
      audience: audienceOf(role, bearer),
      roomName,
      params: url.searchParams,
      now: room.now,
    };
    return jsonResponse(await answer(asked, path, room));
  } catch (error) {
    return errorResponse(error, host);
  }
}

async function answer(asked: ApiRequest, path: readonly string[], room: ApiRoom): Promise<unknown> {
  const { request } = asked;
  const [resource, id, part, ...rest] = path;
  if (rest.length > 0) throw notFound("there is nothing at this address");
  switch (resource) {
    case "summary":
      if (id !== undefined) break;
      allow(request, "GET");
      return summary(asked, room);
    case "stats":
      if (id !== undefined) break;
      allow(request, "GET");
      requireAdmin(asked);
      return stats(asked, room);
    case "history":
      if (id !== undefined) break;
      allow(request, "GET");
      requireAdmin(asked);
      return roomHistory(asked, room);
    case "users":
      return users(asked, id, part, room);
    case undefined:
      allow(request, "DELETE");
      requireAdmin(asked);
      if (!room.deleteRoom) throw notFound("nobody has been in this room");
      return { now: asked.now, deleted: asked.roomName, closed: await room.deleteRoom() };
    default:
      break;
  }
  throw notFound("there is nothing at this address");
}

async function users(
  asked: ApiRequest,
  id: string | undefined,
  part: string | undefined,
  room: ApiRoom,
): Promise<unknown> {
  const { request, params } = asked;
  if (id === undefined) {
    allow(request, "GET");
    const ids = params.get("ids");
    if (ids === null) return allUsers(asked, room);
    // An empty `ids=` names nobody.
    return usersById(asked, ids === "" ? [] : ids.split(","), room);
  }
  if (id === "query" && part === undefined && request.method === "POST") {
    return usersById(asked, await readIds(request, room.maxIds), room);
  }
  if (part === undefined) {
    allow(request, "GET", "DELETE");
    if (request.method === "GET") return oneUser(asked, id, room);
    await erase(asked, id, room);
    return { now: asked.now, erased: id };
  }
  if (part === "connections") {
    allow(request, "DELETE");
    return disconnect(asked, id, room);
  }
  if (part === "history") {
    allow(request, "GET");
    requireAdmin(asked);
    return userHistory(asked, id, room);
  }
  throw notFound("there is nothing at this address");
}

function summary({ role, now }: ApiRequest, { room, figures }: ApiRoom): object {
  if (role !== "admin") return { now, users: room.users.size, ...shownOf(room) };
  return summaryOf(figures(), now);
}

function stats({ now }: ApiRequest, { figures }: ApiRoom): RoomStats {
  const told = figures();
  const { webhooksWaiting } = told;
  return { ...summaryOf(told, now), webhooksWaiting, stats: told.stats, bounds: BOUNDS };
}

/** Counts for members, without invisible users and observers (PR2). */
function shownOf({ users }: Room): Counts & { connections: number } {
  const shown = [...users.values()].filter((user) => !isInvisible(user));
  const counts = countByStatus([...users.values()].map((user) => user.shown));
  return { ...counts, connections: shown.reduce((sum, { connections }) => sum + connections.size, 0) };
}

/** Disconnects a user everywhere. The user may return. */
function disconnect(asked: ApiRequest, userId: string, { room, apply }: ApiRoom): unknown {
  requireAdmin(asked);
  const user = room.users.get(userId);
  if (!user) throw notFound("this room knows no user of this id");
  const closed = user.connections.size;
  apply({ type: "disconnect", userId });
  return { now: asked.now, closed };
}

async function erase(asked: ApiRequest, userId: string, room: ApiRoom): Promise<void> {
  requireAdmin(asked);
  if (!room.room.users.has(userId)) throw notFound("this room knows no user of this id");
  await room.erase(userId);
}

function requireAdmin({ role }: ApiRequest): void {
  if (role === "admin") return;
  throw forbidden("only admins may ask for this");
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalid("path", "the address is not valid percent-encoded text");
  }
}
