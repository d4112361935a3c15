import { base64url } from "jose";
import * as v from "valibot";
import { withoutExpired } from "../../core/room/choose";
import { ID_LENGTH } from "../../core/shared/limits";
import { compareUsers, matchesQuery } from "../../core/shared/roster-query";
import type { Room } from "../../core/room/room";
import { lastActiveAt, lastSeenAt, type UserState } from "../../core/room/status";
import { STATUSES } from "../../core/shared/statuses";
import type { Audience, User } from "../../core/shared/terms";
import { adminView, inWallTime, VIEWS, withWallTimes } from "../../core/room/visibility";
import type { ApiRequest, ApiRoom } from "./request";
import { longestBody, readJson } from "../gate/body";
import { invalid, notFound, wholeParam, wordParam } from "./params";

const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;

/** A page of the roster in order of names, filtered by `status` and `q`. */
export function allUsers({ params, audience, roomName, now }: ApiRequest, { room }: ApiRoom): unknown {
  const status = wordParam(params, "status", STATUSES);
  const query = params.get("q") ?? "";
  const limit = wholeParam(params, "limit", DEFAULT_PAGE, 1, MAX_PAGE);
  const after = readCursor(params.get("cursor"), roomName);
  const matching: User[] = [];
  for (const user of room.users.values()) {
    const view = VIEWS[audience](user);
    if ((status === null || view.status === status) && matchesQuery(view, query)) matching.push(view);
  }
  matching.sort(compareUsers);
  const start = after === null ? 0 : matching.findIndex((view) => compareUsers(view, after) > 0);
  const page = start < 0 ? [] : matching.slice(start, start + limit);
  const last = page.at(-1);
  const more = last !== undefined && start + limit < matching.length;
  return {
    now,
    total: matching.length,
    users: page.map(({ id }) => describeUser(room, room.users.get(id) as UserState, audience, now)),
    nextCursor: more ? writeCursor(roomName, last) : null,
  };
}

/** The users of these ids, and the unknown ids. */
export function usersById(
  { audience, now }: ApiRequest,
  ids: readonly string[],
  { room, maxIds }: ApiRoom,
): unknown {
  if (ids.length > maxIds) throw invalid("ids", `at most ${maxIds} ids can be asked for at once`);
  if (ids.some((id) => id.length > ID_LENGTH))
    throw invalid("ids", `an id has at most ${ID_LENGTH} characters`);
  const users: unknown[] = [];
  const unknown: string[] = [];
  for (const id of new Set(ids)) {
    const user = room.users.get(id);
    if (user) users.push(describeUser(room, user, audience, now));
    else unknown.push(id);
  }
  return { now, users, unknown };
}

/** One user; for admins with connections and reason. */
export function oneUser({ audience, now }: ApiRequest, { room }: ApiRoom, id: string): unknown {
  const user = room.users.get(id);
  if (!user) throw notFound("this room knows no user of this id");
  return { now, user: describeUser(room, user, audience, now) };
}

/** A user in the API: what the feed shows (PR1), and for admins the evidence (ST5, ST6, CN4). */
function describeUser({ clock }: Room, user: UserState, audience: Audience, now: number): unknown {
  // An empty room has no alarm that ends choices on time (HB4, ST4).
  const current = { ...user, choices: withoutExpired(user.choices, now) };
  if (audience !== "admin") return inWallTime(VIEWS[audience](current), clock);
  const view = inWallTime(adminView(current), clock);
  const connections = view.connections.map((each) => {
    const connection = user.connections.get(each.id);
    const { heardAt, inputAt, rttMs = null } = connection ?? {};
    return { ...each, ...withWallTimes({ heardAt, inputAt }, clock), rttMs };
  });
  const instants = { lastSeenAt: lastSeenAt(user), lastActiveAt: lastActiveAt(user) };
  return { ...view, connections, ...withWallTimes(instants, clock) };
}

/** Reads the ids of a query by POST. */
export async function readIds(request: Request, maxIds: number): Promise<string[]> {
  const body = await readJson(request, longestBody({ watchedIds: maxIds }));
  const ids = typeof body === "object" && body !== null && "ids" in body ? body.ids : null;
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string")) {
    throw invalid("ids", 'the body must be {"ids": ["…"]}');
  }
  return ids;
}

/** A cursor contains the last user of a page, and the room, because another room has another order. */
function writeCursor(roomName: string, { id, name }: User): string {
  return base64url.encode(JSON.stringify([roomName, name, id]));
}

const cursorSchema = v.strictTuple([v.string(), v.string(), v.string()]);

function readCursor(cursor: string | null, roomName: string): Pick<User, "id" | "name"> | null {
  if (cursor === null) return null;
  const parsed = v.safeParse(cursorSchema, parseCursor(cursor));
  if (!parsed.success) throw invalid("cursor", "this is no cursor: leave it out for the first page");
  const [room, name, id] = parsed.output;
  if (room !== roomName) throw invalid("cursor", "this cursor is from another room");
  return { name, id };
}

function parseCursor(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(base64url.decode(cursor)));
  } catch {
    return null;
  }
}
