import { SettingError } from "../../core/shared/settings";
import type { ProcessHost } from "../host";

/** What went wrong, as RFC 9457 problem details. `field` names the part of the request that is at fault. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly field?: string;
}

/** A problem that ends the handling of a request; whoever catches it answers with it. */
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
 * What every answer carries: presence is true now or not at all, so none may be cached, and none is a document
 * that a browser should show as anything but text.
 */
export const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

/**
 * Turns whatever was thrown into a problem document. An unexpected error is logged, and its details are left out of the
 * answer.
 */
export function errorResponse(error: unknown, host: Pick<ProcessHost, "log">): Response {
  if (error instanceof ProblemError) return problemResponse(error.problem, error.headers);
  return problemResponse({ status: 500, title: "Internal Server Error", detail: describeError(error, host) });
}

/** What a client may know of an error that is no problem of its request. Logs what it may not know. */
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
