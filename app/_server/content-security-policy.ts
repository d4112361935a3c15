import { httpUrl } from "../../client/connection/host";
import { partyUrl } from "./party-url";

/** The policy of a response that is not a page: it may do nothing. */
export const NO_PAGE_POLICY =
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

interface PolicyOptions {
  /** Random and new for each response. Scripts with it may run. */
  readonly nonce: string;
  readonly headers: Headers;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The Content-Security-Policy of a page. Scripts run only by nonce, and connections lead only to this server and the
 * room server. In development React evaluates code, and Next writes style elements without a nonce.
 */
export function contentSecurityPolicy({ nonce, headers, env = process.env }: PolicyOptions): string {
  const developing = env.NODE_ENV === "development";
  const own = `'nonce-${nonce}'`;
  const policy: Record<string, string> = {
    "default-src": "'self'",
    "script-src": `'self' ${own} 'strict-dynamic'${developing ? " 'unsafe-eval'" : ""}`,
    "script-src-attr": "'none'",
    "style-src": developing ? "'self' 'unsafe-inline'" : `'self' ${own}`,
    // React renders `style` on the server as an attribute, which cannot have a nonce. An attribute has neither
    // selectors nor imports, so it can only style its own element.
    "style-src-attr": "'unsafe-inline'",
    // Pictures of users come from any https address.
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
 * The room server's sockets as a source of a policy. Policies do not support IPv6 addresses, and a host may contain
 * characters that end a directive. In these cases only the scheme is given.
 */
function socketSource(room: string): string {
  const url = URL.canParse(httpUrl(room)) ? new URL(httpUrl(room)) : null;
  const scheme = url?.protocol === "http:" ? "ws:" : "wss:";
  return url && /^[a-z0-9.-]+$/.test(url.hostname) ? `${scheme}//${url.host}` : scheme;
}
