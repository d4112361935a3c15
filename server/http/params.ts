import { Problem } from "../../core/shared/problem";
import { HEADERS } from "./problem";

/** A parameter of the request is not valid; `field` names it. */
export function invalid(field: string, detail: string): Problem {
  return new Problem(400, detail, {}, field);
}

/** The request has no credentials, or credentials that are not valid. */
export function unauthorized(detail: string): Problem {
  return new Problem(401, detail, { "www-authenticate": 'Bearer realm="rollcall"' });
}

/** The credentials do not permit this. */
export function forbidden(detail: string): Problem {
  return new Problem(403, detail);
}

/** The server cannot answer at the moment. */
export function unavailable(detail: string): Problem {
  return new Problem(503, detail, { "retry-after": "5" });
}

/** There is nothing of this kind. */
export function notFound(detail: string): Problem {
  return new Problem(404, detail);
}

/** The answer at an address that serves nothing. */
export function nothingHere(): Response {
  return notFound("there is nothing at this address").toResponse(HEADERS);
}

/** Lets only these methods through. @throws {Problem} 405 */
export function allow(request: Request, ...methods: string[]): void {
  if (methods.includes(request.method)) return;
  const allowed = methods.join(", ");
  throw new Problem(405, `only ${allowed} is answered here`, { allow: allowed });
}

/** Reads a whole number from the query. @throws {Problem} 400 that names it */
export function wholeParam(
  params: URLSearchParams,
  name: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const given = params.get(name);
  if (given === null) return fallback;
  const value = Number(given);
  // Digits alone: Number() would also read «1e2», «0x10» and « 5 ».
  if (/^\d+$/.test(given) && value >= least && value <= most) return value;
  throw invalid(name, `${name} must be a whole number from ${least} to ${most}`);
}

/** A date, or a date and time with its zone; Date.parse() alone also reads «-5» and «May 4». */
const ISO_INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Reads an instant: milliseconds since 1970, or an ISO 8601 date and time. @throws {Problem} 400 that names it */
export function instantParam(params: URLSearchParams, name: string, fallback: number): number {
  const given = params.get(name);
  if (given === null) return fallback;
  const value = /^\d{1,15}$/.test(given)
    ? Number(given)
    : ISO_INSTANT.test(given)
      ? Date.parse(given)
      : Number.NaN;
  if (value >= 0) return value;
  throw invalid(name, `${name} must be milliseconds since 1970 or a date such as 2026-01-31T12:00:00Z`);
}

/** Reads one of a few words. @throws {Problem} 400 that names it */
export function wordParam<Word extends string>(
  params: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | null {
  const given = params.get(name);
  if (given === null) return null;
  const word = words.find((each) => each === given);
  if (word === undefined) throw invalid(name, `${name} must be one of ${words.join(", ")}`);
  return word;
}
