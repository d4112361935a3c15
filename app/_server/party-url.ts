/**
 * Where this browser finds the room server: ROLLCALL_PARTY_URL, or the host the page was asked from
 * with the room server's port. Decided per request, so that one build serves localhost, a name in the
 * office network and a public address alike.
 */
export function partyUrl(headers: Headers, env: NodeJS.ProcessEnv = process.env): string {
  const set = env["ROLLCALL_PARTY_URL"];
  if (set) return set.replace(/\/+$/, "");
  const scheme = isHttps(headers) ? "https" : "http";
  return `${scheme}://${hostname(headers)}:${env["ROLLCALL_PARTY_PORT"] || "1999"}`;
}

/** The setting may be all that a client takes as its host: an http or ws URL, or a host alone. */
export function httpUrl(host: string): string {
  if (/^(http|ws)s?:\/\//.test(host)) return host.replace(/^ws/, "http");
  return `${/^(localhost|127\.|10\.|192\.168\.|\[::1\])/.test(host) ? "http" : "https"}://${host}`;
}

/** Whether the browser spoke https, to this server or to a proxy before it. */
export function isHttps(headers: Headers): boolean {
  // Next fills the header in from the socket when no proxy has.
  return firstOf(headers.get("x-forwarded-proto")) === "https";
}

/** The host and port that the browser asked. */
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
