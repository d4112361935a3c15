import type { Room } from "../core/presence";
import { countByStatus } from "../core/roster";
import { lastActiveAt, lastSeenAt, type User } from "../core/status";
import type { Role } from "../core/terms";
import { adminView, memberView } from "../core/views";
import { readRole } from "./admission";
import { errorResponse } from "./edge";
import { jsonResponse, ProblemError } from "./problem";

/** As many ids as one request may name. */
const MAX_IDS = 1_000;

/** What admins may know of the room's running instance: when it woke, and when its alarm will ring. */
export interface Instance {
  readonly wokenAt: number;
  readonly alarmAt: number | null;
}

/** Answers the room's part of the HTTP API. Never throws. */
export async function serveApi(request: Request, room: Room, instance: Instance, now: number): Promise<Response> {
  try {
    const role = readRole(request.headers);
    if (!role) throw new ProblemError({ status: 401, title: "Unauthorized", detail: "a bearer key or token is needed" });
    return jsonResponse(await answer(request, room, role, instance, now));
  } catch (error) {
    return errorResponse(error);
  }
}

async function answer(request: Request, room: Room, role: Role, instance: Instance, now: number): Promise<unknown> {
  const url = new URL(request.url);
  // /parties/main/:room/…
  const [resource, id, ...rest] = url.pathname.split("/").slice(4).map(decode);
  if (resource === "summary" && id === undefined) {
    allow(request, "GET");
    return { ...summary(room, now), ...(role === "admin" && instance) };
  }
  if (resource === "users" && rest.length === 0) {
    if (id === undefined) {
      allow(request, "GET");
      const ids = url.searchParams.get("ids");
      return ids === null ? allUsers(room, role, now) : usersById(room, ids.split(","), role, now);
    }
    if (id === "query" && request.method === "POST") return usersById(room, await readIds(request), role, now);
    allow(request, "GET");
    return oneUser(room, id, role, now);
  }
  throw notFound("there is nothing at this address");
}

function summary(room: Room, now: number): object {
  const counts = countByStatus(room.users.values());
  return { now, users: room.users.size, ...counts, connections: room.connections.size };
}

function allUsers(room: Room, role: Role, now: number): unknown {
  return { now, users: [...room.users.values()].map((user) => describeUser(user, role)) };
}

function usersById(room: Room, ids: readonly string[], role: Role, now: number): unknown {
  if (ids.length > MAX_IDS) throw invalid("ids", `at most ${MAX_IDS} ids can be asked for at once`);
  const users: unknown[] = [];
  const unknown: string[] = [];
  for (const id of new Set(ids)) {
    const user = room.users.get(id);
    if (user) users.push(describeUser(user, role));
    else unknown.push(id);
  }
  return { now, users, unknown };
}

function oneUser(room: Room, id: string, role: Role, now: number): unknown {
  const user = room.users.get(id);
  if (!user) throw notFound("this room knows no user of this id");
  return { now, user: describeUser(user, role) };
}

/** A user as the API tells of them: what their feed shows (PR1), and for admins the evidence (ST5, ST6, CN4). */
function describeUser(user: User, role: Role): unknown {
  if (role === "member") return memberView(user);
  const connections = adminView(user).connections.map((view) => ({
    ...view,
    heardAt: user.connections.get(view.id)?.heardAt,
    inputAt: user.connections.get(view.id)?.inputAt,
    rttMs: user.connections.get(view.id)?.rttMs ?? null,
  }));
  return { ...adminView(user), connections, lastSeenAt: lastSeenAt(user), lastActiveAt: lastActiveAt(user) };
}

async function readIds(request: Request): Promise<string[]> {
  const body: unknown = await request.json().catch(() => null);
  const ids = typeof body === "object" && body !== null && "ids" in body ? body.ids : null;
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string")) {
    throw invalid("ids", 'the body must be {"ids": ["…"]}');
  }
  return ids;
}

function allow(request: Request, method: string): void {
  if (request.method === method) return;
  throw new ProblemError({ status: 405, title: "Method not allowed", detail: `only ${method} is answered here` });
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalid("path", "the address is not valid percent-encoded text");
  }
}

function invalid(field: string, detail: string): ProblemError {
  return new ProblemError({ status: 400, title: "Bad request", detail, field });
}

function notFound(detail: string): ProblemError {
  return new ProblemError({ status: 404, title: "Not found", detail });
}
