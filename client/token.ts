/**
 * Thrown by a `getToken` when there will be no token: not signed in, or not allowed. The client stops;
 * any other error is taken for a passing failure and tried again.
 */
export class TokenRefusedError extends Error {
  constructor(message = "no token for this user") {
    super(message);
    this.name = "TokenRefusedError";
  }
}

/**
 * Asks the app's own server for a token: POST with JSON `{ room }`, answered by `{ token }`.
 * @throws {TokenRefusedError} on 401 and 403.
 * @throws {Error} on anything else that is no token: try again later.
 */
export async function fetchToken(url: string, room: string): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ room }),
    cache: "no-store",
  });
  if (response.status === 401 || response.status === 403) {
    throw new TokenRefusedError(
      `${url} answered ${response.status}: not signed in, or not allowed into "${room}"`,
    );
  }
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const body: unknown = await response.json();
  if (typeof body === "object" && body !== null && "token" in body && typeof body.token === "string")
    return body.token;
  throw new Error(`${url} did not answer with { "token": "…" }`);
}
