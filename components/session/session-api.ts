/** How a request of this page to its own server ended. */
export type SessionAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: string; readonly retryAfterS: number | null };

/** Signs a guest in under a name, or renames the one who is signed in. */
export async function signInAsGuest(name: string): Promise<SessionAnswer> {
  return await ask("/api/session", "POST", { name });
}

/** Signs the guest out of this browser. */
export async function signOutGuest(): Promise<SessionAnswer> {
  return await ask("/api/session", "DELETE");
}

/** Signs an admin in. */
export async function signInAsAdmin(password: string): Promise<SessionAnswer> {
  return await ask("/api/admin/session", "POST", { password });
}

/** Signs the admin out of this browser. */
export async function signOutAdmin(): Promise<SessionAnswer> {
  return await ask("/api/admin/session", "DELETE");
}

async function ask(url: string, method: "POST" | "DELETE", body?: object): Promise<SessionAnswer> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
  } catch {
    const problem = "The server cannot be reached. Check your connection, then try again.";
    return { ok: false, problem, retryAfterS: null };
  }
  if (response.ok) return { ok: true };
  const document: unknown = await response.json().catch(() => null);
  const retryAfter = Number(response.headers.get("Retry-After"));
  return {
    ok: false,
    problem: detailOf(document, response.status),
    retryAfterS: retryAfter > 0 ? retryAfter : null,
  };
}

function detailOf(document: unknown, status: number): string {
  if (
    typeof document === "object" &&
    document !== null &&
    "detail" in document &&
    typeof document.detail === "string"
  ) {
    return document.detail;
  }
  return `The server answered with an error (${status}). Try again in a moment.`;
}
