import { httpUrl } from "../../client/connection/host";
import { Problem } from "../../core/shared/problem";

/** Longer than the three seconds that the directory gives each room. */
const ANSWER_WITHIN_MS = 8_000;

/** The room server's address for this server: on the same machine, unless ROLLCALL_PARTY_URL is set. */
export function roomServerUrl(env: NodeJS.ProcessEnv = process.env): string {
  const set = env["ROLLCALL_PARTY_URL"];
  if (set) return httpUrl(set.replace(/\/+$/, ""));
  return `http://${reachableHost(env["ROLLCALL_HOST"] || "127.0.0.1")}:${env["ROLLCALL_PARTY_PORT"] || "1999"}`;
}

/**
 * Sends a request to the room server, with these credentials.
 * @throws {Problem} 502 if it does not answer
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
    throw new Problem(502, "The room server cannot be reached. Is it running?");
  }
}

/** Turns an address to listen on into one to call. */
function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
