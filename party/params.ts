import { ProblemError } from "./problem";

/** A request that asks for something that cannot be; `field` is the parameter at fault. */
export function invalid(field: string, detail: string): ProblemError {
  return new ProblemError({ status: 400, title: "Bad request", detail, field });
}

/** Whoever asks may not ask for this. */
export function forbidden(detail: string): ProblemError {
  return new ProblemError({ status: 403, title: "Forbidden", detail });
}

/** There is nothing of this kind. */
export function notFound(detail: string): ProblemError {
  return new ProblemError({ status: 404, title: "Not found", detail });
}

/** Lets only these methods through. @throws {ProblemError} 405 */
export function allow(request: Request, ...methods: string[]): void {
  if (methods.includes(request.method)) return;
  const detail = `only ${methods.join(", ")} is answered here`;
  throw new ProblemError({ status: 405, title: "Method not allowed", detail });
}

/** Reads a whole number from the query. @throws {ProblemError} 400 that names it */
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
  if (given !== "" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(name, `${name} must be a whole number from ${least} to ${most}`);
}

/** Reads an instant: milliseconds since 1970, or an ISO 8601 date and time. @throws {ProblemError} 400 that names it */
export function instantParam(params: URLSearchParams, name: string, fallback: number): number {
  const given = params.get(name);
  if (given === null) return fallback;
  const value = /^\d{1,15}$/.test(given) ? Number(given) : Date.parse(given);
  if (given !== "" && Number.isFinite(value) && value >= 0) return value;
  throw invalid(name, `${name} must be milliseconds since 1970 or a date such as 2026-01-31T12:00:00Z`);
}

/** Reads one of a few words. @throws {ProblemError} 400 that names it */
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
