import type { TokenFault } from "./problem";

/**
 * Thrown by a `getToken` when there will be no token: not signed in, or not allowed. The client stops.
 * Any other error counts as temporary, and the client tries again.
 */
export class TokenRefusedError extends Error {
  constructor(message = "no token for this user") {
    super(message);
    this.name = "TokenRefusedError";
  }
}

/** Why there is no token this time. The client reports a `ConnectionProblem` and tries again. */
export class TokenFailedError extends Error {
  constructor(
    readonly fault: TokenFault,
    message: string,
  ) {
    super(message);
    this.name = "TokenFailedError";
  }
}

/**
 * Fetches a token from the app's own server: POST with JSON `{ room }`, answered by `{ token }`.
 * @throws {TokenRefusedError} on 401 and 403
 * @throws {TokenFailedError} on any other response without a token; try again later
 */
export async function fetchToken(url: string, room: string): Promise<string> {
  const response = await post(url, room);
  if (response.status === 401 || response.status === 403) {
    throw new TokenRefusedError(
      `${url} answered ${response.status}: not signed in, or not allowed into "${room}"`,
    );
  }
  if (!response.ok)
    throw new TokenFailedError(
      "status",
      `${url} answered ${response.status}${EXPECTED[response.status] ?? ""}`,
    );
  const token = tokenIn(await readJson(url, response));
  if (token !== null) return token;
  throw new TokenFailedError("noToken", `${url} did not answer with { "token": "…" }`);
}

async function post(url: string, room: string): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ room }),
      cache: "no-store",
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TokenFailedError("unreachable", `${url} cannot be reached (${why})`);
  }
}

async function readJson(url: string, response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const what =
      text.trim() === "" ? "nothing" : text.trimStart().startsWith("<") ? "a page of HTML" : "text";
    throw new TokenFailedError(
      "notJson",
      `${url} answered with ${what} in place of { "token": "…" }: is tokenUrl right, and does a POST get there?`,
    );
  }
}

function tokenIn(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("token" in body)) return null;
  return typeof body.token === "string" && body.token !== "" ? body.token : null;
}

/** Explains the usual mistakes. */
const EXPECTED: Readonly<Record<number, string>> = {
  404: ": there is no such route; is tokenUrl right?",
  405: ": the route must take a POST",
  500: ": the error is in that server's log",
};
