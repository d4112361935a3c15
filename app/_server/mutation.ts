import type { NextRequest } from "next/server";
import { requestHost } from "./party-url";
import { Problem } from "../../core/shared/problem";
import { SettingError } from "./settings";

/**
 * A route that changes something by a cookie. Refuses requests from pages of other sites, turns problems into
 * responses, and keeps responses out of caches.
 */
export function mutation(
  handle: (request: NextRequest) => Promise<Response>,
): (request: NextRequest) => Promise<Response> {
  return query(async (request) => {
    if (!isSameOrigin(request.headers)) {
      throw new Problem(403, "This request came from a page of another site.");
    }
    return await handle(request);
  });
}

/** A route that reads something by a cookie. */
export function query(
  handle: (request: NextRequest) => Promise<Response>,
): (request: NextRequest) => Promise<Response> {
  return async (request) => {
    const response = await answer(handle, request);
    response.headers.set("Cache-Control", "no-store");
    return response;
  };
}

async function answer(
  handle: (request: NextRequest) => Promise<Response>,
  request: NextRequest,
): Promise<Response> {
  try {
    return await handle(request);
  } catch (error) {
    if (error instanceof Problem) return error.toResponse();
    if (error instanceof SettingError) {
      console.error(error.message);
      return new Problem(503, `This server is not set up: ${error.message}`).toResponse();
    }
    throw error;
  }
}

/**
 * Whether a page of this site sent the request. Browsers report that in `Sec-Fetch-Site`, and over plain http in a
 * local network in `Origin`. Without both no browser sent it, so there is no cookie to misuse.
 */
function isSameOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  if (origin === null) return true;
  try {
    return new URL(origin).host === requestHost(headers);
  } catch {
    return false;
  }
}
