import { randomBytes } from "node:crypto";
import { NextResponse, type NextRequest } from "next/server";
import { contentSecurityPolicy, NO_PAGE_POLICY } from "./app/_server/content-security-policy";
import { NONCE_HEADER } from "./app/_server/nonce";
import { isHttps } from "./app/_server/party-url";
import { Problem } from "./core/shared/problem";
import { refuseLongBody } from "./app/_server/read-body";

/**
 * Refuses requests that Next would answer badly, and gives each response its policy. A page's policy has a new nonce,
 * which Next reads from the request's headers.
 */
export function proxy(request: NextRequest): Response {
  const { pathname } = new URL(request.url);
  const isApi = pathname.startsWith("/api/");
  const response = refusal(request, pathname, isApi) ?? (isApi ? noPage() : page(request));
  // Over plain http this header would lock users out.
  if (isHttps(request.headers)) response.headers.set("Strict-Transport-Security", "max-age=31536000");
  return response;
}

function refusal(request: NextRequest, pathname: string, isApi: boolean): Response | undefined {
  try {
    refuseLongBody(request.headers);
    // Next answers such an address with 500 and without our headers.
    if (!isDecodable(pathname))
      throw new Problem(400, "The address contains a percent sign that begins no UTF-8 character.");
    if (isApi && pathname.endsWith("/")) throw new Problem(404, "There is nothing at this address.");
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const response = isApi ? error.toResponse() : new Response(error.detail, { status: error.status });
    response.headers.set("Content-Security-Policy", NO_PAGE_POLICY);
    response.headers.set("Cache-Control", "no-store");
    return response;
  }
}

function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

function noPage(): NextResponse {
  const response = NextResponse.next();
  response.headers.set("Content-Security-Policy", NO_PAGE_POLICY);
  return response;
}

function page(request: NextRequest): NextResponse {
  const nonce = randomBytes(18).toString("base64");
  const policy = contentSecurityPolicy({ nonce, headers: request.headers });
  const headers = new Headers(request.headers);
  headers.set(NONCE_HEADER, nonce);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

// Files of the build need no policy. Browsers apply it only to documents.
export const config = { matcher: "/((?!_next/static/).*)" };
