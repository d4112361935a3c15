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

/** Answers one method at one address. `id` is the user's, if the address has one. */
type Handler = (asked: ApiRequest, room: ApiRoom, id: string) => unknown;

const adminsOnly =
  (handler: Handler): Handler =>
  (asked, room, id) => {
    if (asked.role !== "admin") throw forbidden("only admins may ask for this");
    return handler(asked, room, id);
  };

const USER: Readonly<Record<string, Handler>> = { GET: oneUser, DELETE: adminsOnly(erase) };

/** The segments of each address below the room's, and its methods. */
const ROUTES: readonly (readonly [path: readonly string[], methods: Readonly<Record<string, Handler>>])[] = [
  [[], { DELETE: adminsOnly(deleteRoom) }],
  [["summary"], { GET: summary }],
  [["stats"], { GET: adminsOnly(stats) }],
  [["history"], { GET: adminsOnly(roomHistory) }],
  [["users"], { GET: users }],
  [["users", "query"], { ...USER, POST: usersOfBody }],
  [["users", ":id"], USER],
  [["users", ":id", "connections"], { DELETE: adminsOnly(disconnect) }],
  [["users", ":id", "history"], { GET: adminsOnly(userHistory) }],
];

async function answer(asked: ApiRequest, path: readonly string[], room: ApiRoom): Promise<unknown> {
  const [, methods = null] =
    ROUTES.find(
      ([pattern]) =>
        pattern.length === path.length &&
        pattern.every((segment, index) => segment === ":id" || segment === path[index]),
    ) ?? [];
  if (methods === null) throw notFound("there is nothing at this address");
  allow(asked.request, ...Object.keys(methods));
  return await methods[asked.request.method]?.(asked, room, path[1] ?? "");
}

async function deleteRoom({ now, roomName }: ApiRequest, room: ApiRoom): Promise<unknown> {
  if (!room.deleteRoom) throw notFound("nobody has been in this room");
  return { now, deleted: roomName, closed: await room.deleteRoom() };
}

function users(asked: ApiRequest, room: ApiRoom): unknown {
  const ids = asked.params.get("ids");
  if (ids === null) return allUsers(asked, room);
  // An empty `ids=` names nobody.
  return usersById(asked, ids === "" ? [] : ids.split(","), room);
}

async function usersOfBody(asked: ApiRequest, room: ApiRoom): Promise<unknown> {
  return usersById(asked, await readIds(asked.request, room.maxIds), room);
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
function disconnect({ now }: ApiRequest, { room, apply }: ApiRoom, userId: string): unknown {
  const user = room.users.get(userId);
  if (!user) throw notFound("this room knows no user of this id");
  const closed = user.connections.size;
  apply({ type: "disconnect", userId });
  return { now, closed };
}

async function erase({ now }: ApiRequest, room: ApiRoom, userId: string): Promise<unknown> {
  if (!room.room.users.has(userId)) throw notFound("this room knows no user of this id");
  await room.erase(userId);
  return { now, erased: userId };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalid("path", "the address is not valid percent-encoded text");
  }
}
