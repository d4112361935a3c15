import { askApp, type Answer } from "../../ui/app-request";

/** The address of a room on the app's server. */
export function roomPath(room: string, ...rest: string[]): string {
  return ["/api/admin/rooms", ...[room, ...rest].map(encodeURIComponent)].join("/");
}

/** Sends a request to the app's server as the signed-in admin. Never throws. */
export async function askAdmin<T>(
  url: string,
  options: { readonly method?: "GET" | "DELETE"; readonly signal?: AbortSignal } = {},
): Promise<Answer<T>> {
  const answer = await askApp<T>(url, options);
  if (!answer.ok && answer.status === 0)
    return { ...answer, problem: "The server cannot be reached. Trying again by itself." };
  if (!answer.ok && answer.status === 401)
    return { ...answer, problem: "Your sign-in has ended. Load the page again to sign in." };
  return answer;
}
