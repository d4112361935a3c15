/** Why a request of this page to its own server failed. `status` is 0 if no answer came. */
export interface Failure {
  readonly ok: false;
  readonly status: number;
  readonly problem: string;
  /** How long the server asks to wait, in seconds. */
  readonly retryAfterS: number | null;
}

/** The answer of the page's own server. `data` is null if the answer had no JSON. */
export type Answer<T> = { readonly ok: true; readonly data: T } | Failure;

interface AppRequest {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly body?: object;
  readonly bearer?: string;
  readonly signal?: AbortSignal;
}

/** Sends a request to the page's own server. Never throws. `problem` is a sentence for the reader. */
export async function askApp<T>(url: string, request: AppRequest = {}): Promise<Answer<T>> {
  const { method = "GET", body, bearer, signal } = request;
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      ...(signal && { signal }),
      ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      ...(bearer !== undefined && { headers: { Authorization: `Bearer ${bearer}` } }),
    });
  } catch {
    const problem = "The server cannot be reached. Check your connection, then try again.";
    return { ok: false, status: 0, problem, retryAfterS: null };
  }
  const data: unknown = await response.json().catch(() => null);
  if (response.ok) return { ok: true, data: data as T };
  const retryAfter = Number(response.headers.get("Retry-After"));
  return {
    ok: false,
    status: response.status,
    problem: sentenceOf(data) ?? `The server answered with an error (${response.status}).`,
    retryAfterS: retryAfter > 0 ? retryAfter : null,
  };
}

function sentenceOf(document: unknown): string | null {
  const detail = (document as { readonly detail?: unknown } | null)?.detail;
  if (typeof detail !== "string" || detail === "") return null;
  const sentence = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}
