import { SettingError } from "../../core/shared/settings";
import type { ProcessHost } from "../host";

/** A problem document (RFC 9457). `field` names the invalid part of the request. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly field?: string;
}

/** An error whose problem document is the response. */
export class ProblemError extends Error {
  constructor(
    readonly problem: Problem,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(problem.detail);
    this.name = "ProblemError";
  }
}

/**
 * The headers of every response. Presence must not be cached, and a browser must not show a response as a page.
 */
export const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

/**
 * Turns any error into a problem document. An unexpected error is logged, and the response has no details of it.
 */
export function errorResponse(error: unknown, host: Pick<ProcessHost, "log">): Response {
  if (error instanceof ProblemError) return problemResponse(error.problem, error.headers);
  return problemResponse({ status: 500, title: "Internal Server Error", detail: describeError(error, host) });
}

/** Returns what a client may know of an unexpected error, and logs the rest. */
export function describeError(error: unknown, host: Pick<ProcessHost, "log">): string {
  if (error instanceof SettingError) return error.message;
  host.log("unexpected error", error);
  return "something unexpected happened; the server's log has the details";
}

/** Answers with a problem document. */
export function problemResponse(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify({ type: "about:blank", ...problem }), {
    status: problem.status,
    headers: { ...HEADERS, "content-type": "application/problem+json", ...headers },
  });
}

/** Answers with JSON. */
export function jsonResponse(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: HEADERS });
}
