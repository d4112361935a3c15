/**
 * The room server's address for this browser: ROLLCALL_PARTY_URL, or the request's host with the room server's port. It
 * is decided per request, so that one build serves localhost, a name in the office network and a public address.
 */
export function partyUrl(headers: Headers, env: NodeJS.ProcessEnv = process.env): string {
  const set = env["ROLLCALL_PARTY_URL"];
  if (set) return set.replace(/\/+$/, "");
  const scheme = isHttps(headers) ? "https" : "http";
  return `${scheme}://${hostname(headers)}:${env["ROLLCALL_PARTY_PORT"] || "1999"}`;
}

/** Whether the browser used https, to this server or to a proxy before it. */
export function isHttps(headers: Headers): boolean {
  // Without a proxy Next sets the header from the socket.
  return firstOf(headers.get("x-forwarded-proto")) === "https";
}

/** The host and port of the browser's request. */
export function requestHost(headers: Headers): string | null {
  return firstOf(headers.get("x-forwarded-host")) ?? headers.get("host");
}

function hostname(headers: Headers): string {
  try {
    return new URL(`http://${requestHost(headers) ?? ""}`).hostname;
  } catch {
    return "localhost";
  }
}

function firstOf(list: string | null): string | null {
  return list?.split(",", 1)[0]?.trim() || null;
}
