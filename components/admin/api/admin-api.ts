/** The result of a request to the app's own server. `signedOut`: the admin's sign-in has ended. */
export type AdminAnswer<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly status: number; readonly problem: string };

/** The address of a room on the app's server. */
export function roomPath(room: string, ...rest: string[]): string {
  return ["/api/admin/rooms", room, ...rest]
    .map((part, i) => (i ? encodeURIComponent(part) : part))
    .join("/");
}

/** Sends a request to the app's server. Never throws. An error is a text for the reader. */
export async function askAdmin<T>(
  url: string,
  { method = "GET", signal }: { method?: "GET" | "DELETE"; signal?: AbortSignal } = {},
): Promise<AdminAnswer<T>> {
  let response: Response;
  try {
    response = await fetch(url, { method, ...(signal && { signal }) });
  } catch {
    return { ok: false, status: 0, problem: "The server cannot be reached. Trying again by itself." };
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return { ok: true, data: body as T };
  if (response.status === 401) {
    const problem = "Your sign-in has ended. Load the page again to sign in.";
    return { ok: false, status: 401, problem };
  }
  return { ok: false, status: response.status, problem: detailOf(body, response.status) };
}

function detailOf(body: unknown, status: number): string {
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : null;
  if (typeof detail !== "string" || detail === "") return `The server answered with an error (${status}).`;
  const sentence = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}
