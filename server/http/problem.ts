import { Problem } from "../../core/shared/problem";
import { SettingError } from "../../core/shared/settings";
import type { ProcessHost } from "../host";

/** The headers of every response. Presence must not be cached, and a browser must not show a response as a page. */
export const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

/** Turns any error into a problem document. An unexpected error is logged, and the response has no details of it. */
export function errorResponse(error: unknown, host: Pick<ProcessHost, "log">): Response {
  const problem = error instanceof Problem ? error : new Problem(500, describeError(error, host));
  return problem.toResponse(HEADERS);
}

/** Returns what a client may know of an unexpected error, and logs the rest. */
export function describeError(error: unknown, host: Pick<ProcessHost, "log">): string {
  if (error instanceof SettingError) return error.message;
  host.log({ event: "unexpected-error", message: "a request failed unexpectedly", error });
  return "something unexpected happened; the server's log has the details";
}

/** Answers with JSON. */
export function jsonResponse(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: HEADERS });
}
