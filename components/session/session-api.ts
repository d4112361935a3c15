import type { Profile } from "../../core/shared/terms";
import { askApp, type Answer } from "../ui/app-request";

/** The error when the server signed the user in, but the next page came without the sign-in. */
export const NOT_KEPT =
  "This browser did not keep your sign-in, since it blocks this site's cookies. Allow them, or open this page in a tab of its own, then try again.";

/** Signs a guest in with a name, or renames the signed-in guest. */
export async function signInAsGuest(name: string): Promise<Answer<unknown>> {
  return await askApp("/api/session", { method: "POST", body: { name } });
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
export async function askWhoArrives(token: string): Promise<Answer<Arriving>> {
  return await askApp("/api/session", { bearer: token });
}

/** Signs in the user of an identity provider's token. `home` is their first page. */
export async function signInByToken(token: string): Promise<Answer<{ readonly home: string }>> {
  return await askApp("/api/session", { method: "POST", bearer: token });
}

/** Signs the guest out of this browser. */
export async function signOutGuest(): Promise<Answer<unknown>> {
  return await askApp("/api/session", { method: "DELETE" });
}

/** Signs an admin in. */
export async function signInAsAdmin(password: string): Promise<Answer<unknown>> {
  return await askApp("/api/admin/session", { method: "POST", body: { password } });
}

/** Signs the admin out of this browser. */
export async function signOutAdmin(): Promise<Answer<unknown>> {
  return await askApp("/api/admin/session", { method: "DELETE" });
}
