import type { NextRequest } from "next/server";
import { isRoomName } from "../../core/limits";
import { ADMIN_COOKIE, openAdmin } from "./admin-session";
import { mutation, query } from "./mutation";
import { httpUrl } from "./party-url";
import { Problem } from "./problem";
import { secret } from "./settings";

/** The directory gives each room three seconds to answer. */
const ANSWER_WITHIN_MS = 8_000;

const OURS = "/api/admin/rooms/";

/** Where this server finds the room server: beside it, unless ROLLCALL_PARTY_URL says otherwise. */
export function roomServerUrl(env: NodeJS.ProcessEnv = process.env): string {
  const set = env["ROLLCALL_PARTY_URL"];
  if (set) return httpUrl(set.replace(/\/+$/, ""));
  return `http://${reachableHost(env["ROLLCALL_HOST"] || "127.0.0.1")}:${env["ROLLCALL_PARTY_PORT"] || "1999"}`;
}

/** A route that asks a room on behalf of the signed-in admin: the same path, below the room server's own. */
export const askRoom = query((request) => pass(request, pathInRoom(request)));

/** The same for what changes something: not for other sites' pages. */
export const changeRoom = mutation((request) => pass(request, pathInRoom(request)));

/** A route that asks the directory of rooms. */
export const askDirectory = query((request) => pass(request, "/parties/directory/main/rooms"));

function pathInRoom(request: NextRequest): string {
  // As it was sent, and so still encoded: an id may hold anything.
  const { pathname } = new URL(request.url);
  const path = pathname.slice(OURS.length);
  if (!pathname.startsWith(OURS) || !isRoomName(path.split("/", 1)[0] ?? "")) {
    throw new Problem(404, "Not Found", "There is no room of this name.");
  }
  return `/parties/main/${path}`;
}

async function pass(request: NextRequest, path: string): Promise<Response> {
  if (!(await openAdmin(request.cookies.get(ADMIN_COOKIE)?.value))) {
    throw new Problem(401, "Unauthorized", "No admin is signed in here.");
  }
  const answer = await askRoomServer(`${path}${request.nextUrl.search}`, {
    method: request.method,
    bearer: secret("ROLLCALL_API_KEY"),
  });
  const type = answer.headers.get("content-type") ?? "";
  if (answer.status === 401 || answer.status === 403) {
    // The admin is one; it is this server whom the room server does not know.
    throw new Problem(502, "Bad Gateway", "The room server does not take this app's ROLLCALL_API_KEY.");
  }
  if (!/^application\/(problem\+)?json/.test(type)) {
    throw new Problem(502, "Bad Gateway", `The room server's answer (${answer.status}) makes no sense.`);
  }
  return new Response(answer.body, { status: answer.status, headers: { "Content-Type": type } });
}

/**
 * Asks the room server, on behalf of whoever the bearer is.
 * @throws {Problem} 502 when it does not answer
 */
export async function askRoomServer(
  path: string,
  { method = "GET", bearer }: { readonly method?: string; readonly bearer: string },
): Promise<Response> {
  const headers = { Authorization: `Bearer ${bearer}` };
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    return await fetch(`${roomServerUrl()}${path}`, {
      method,
      headers,
      cache: "no-store",
      redirect: "error",
      signal,
    });
  } catch (error) {
    console.error(`The room server does not answer: ${error instanceof Error ? error.message : "unknown"}`);
    throw new Problem(502, "Bad Gateway", "The room server cannot be reached. Is it running?");
  }
}

/** An address to call where one is given to listen on. */
function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
