import type { Profile } from "../../core/shared/terms";

/** How a request of this page to its own server ended. */
export type SessionAnswer = { readonly ok: true } | Failure;

interface Failure {
  readonly ok: false;
  readonly problem: string;
  readonly retryAfterS: number | null;
}

/** The error when the server signed the user in, but the next page came without the sign-in. */
export const NOT_KEPT =
  "This browser did not keep your sign-in, since it blocks this site's cookies. Allow them, or open this page in a tab of its own, then try again.";

/** Signs a guest in with a name, or renames the signed-in guest. */
export async function signInAsGuest(name: string): Promise<SessionAnswer> {
  return await ask("/api/session", "POST", { body: { name } });
}

/** The user whom a link would sign in, and the user who is signed in now. */
export interface Arriving {
  readonly arriving: Profile & { readonly isAdmin: boolean };
  /** `isSame`: whether it is the link's user. `home`: the page on which the signed-in user can continue. */
  readonly current: (Profile & { readonly home: string; readonly isSame: boolean }) | null;
  /** Whether an admin is signed in with this browser. */
  readonly isAdmin: boolean;
}

/** Requests the user of an identity provider's token. Signs nobody in. */
export async function askWhoArrives(
  token: string,
): Promise<{ readonly ok: true; readonly who: Arriving } | Failure> {
  const answer = await ask("/api/session", "GET", { bearer: token });
  return answer.ok ? { ok: true, who: answer.body as Arriving } : answer;
}

/** Signs in the user of an identity provider's token. `home` is their first page. */
export async function signInByToken(
  token: string,
): Promise<{ readonly ok: true; readonly home: string } | Failure> {
  const answer = await ask("/api/session", "POST", { bearer: token });
  if (!answer.ok) return answer;
  const { body } = answer;
  const home = typeof body === "object" && body !== null && "home" in body ? body.home : null;
  return { ok: true, home: typeof home === "string" ? home : "/" };
}

/** Signs the guest out of this browser. */
export async function signOutGuest(): Promise<SessionAnswer> {
  return await ask("/api/session", "DELETE");
}

/** Signs an admin in. */
export async function signInAsAdmin(password: string): Promise<SessionAnswer> {
  return await ask("/api/admin/session", "POST", { body: { password } });
}

/** Signs the admin out of this browser. */
export async function signOutAdmin(): Promise<SessionAnswer> {
  return await ask("/api/admin/session", "DELETE");
}

async function ask(
  url: string,
  method: "GET" | "POST" | "DELETE",
  { body, bearer }: { readonly body?: object; readonly bearer?: string } = {},
): Promise<{ readonly ok: true; readonly body: unknown } | Failure> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      ...(bearer !== undefined && { headers: { Authorization: `Bearer ${bearer}` } }),
    });
  } catch {
    const problem = "The server cannot be reached. Check your connection, then try again.";
    return { ok: false, problem, retryAfterS: null };
  }
  const document: unknown = await response.json().catch(() => null);
  if (response.ok) return { ok: true, body: document };
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
