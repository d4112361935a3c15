import { httpUrl, partyUrl } from "./party-url";

/** What an answer that is no page may do, should a browser show it: nothing. */
export const NO_PAGE_POLICY =
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

interface PolicyOptions {
  /** Random, new for each answer: what carries it may run. */
  readonly nonce: string;
  readonly headers: Headers;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The Content-Security-Policy of a page: scripts run by nonce alone, connections lead here and to the room
 * server. In development React evaluates code, and Next writes style elements without a nonce.
 */
export function contentSecurityPolicy({ nonce, headers, env = process.env }: PolicyOptions): string {
  const developing = env.NODE_ENV === "development";
  const own = `'nonce-${nonce}'`;
  const policy: Record<string, string> = {
    "default-src": "'self'",
    "script-src": `'self' ${own} 'strict-dynamic'${developing ? " 'unsafe-eval'" : ""}`,
    "script-src-attr": "'none'",
    "style-src": developing ? "'self' 'unsafe-inline'" : `'self' ${own}`,
    // React renders `style` on the server as an attribute, which can carry no nonce. An attribute has neither
    // selectors nor imports: it can be told nothing but how its own element looks.
    "style-src-attr": "'unsafe-inline'",
    // Pictures of users come from wherever their profile says.
    "img-src": "'self' https: data:",
    "font-src": "'self'",
    "connect-src": `'self' ${socketSource(partyUrl(headers, env))}`,
    "worker-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
  };
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join("; ");
}

/**
 * Where the room server's sockets are, as a source of a policy. Policies know no IPv6 addresses, and a host
 * may contain what would end a directive: for such the scheme has to do.
 */
function socketSource(room: string): string {
  const url = URL.canParse(httpUrl(room)) ? new URL(httpUrl(room)) : null;
  const scheme = url?.protocol === "http:" ? "ws:" : "wss:";
  return url && /^[a-z0-9.-]+$/.test(url.hostname) ? `${scheme}//${url.host}` : scheme;
}
