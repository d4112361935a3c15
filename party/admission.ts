import type { Known } from "../core/hello";
import type { ScopeKind } from "../core/scope";
import type { Activity, Profile, Role } from "../core/terms";

/**
 * What the edge has found out about a connection, on its way to the room in a header that only the edge
 * can set (SE2). The token itself goes no further than the edge.
 */
export interface Admission {
  readonly profile: Profile;
  readonly role: Role;
  readonly sessionId: string | null;
  readonly clientId: string;
  readonly observer: boolean;
  readonly device: string;
  readonly activity: Activity;
  readonly scope: ScopeKind;
  readonly known: Known | null;
}

const ADMISSION_HEADER = "x-rollcall-admission";
const AUDIENCE_HEADER = "x-rollcall-audience";
const SIGN_IN_HEADER = "x-rollcall-sign-in";

/** Whose token asks, and from which sign-in. */
export interface SignIn {
  readonly userId: string;
  readonly sessionId: string;
}

/** Headers by which one party asks another, which no edge stands before. */
export const AS_ADMIN: Readonly<Record<string, Role>> = { [AUDIENCE_HEADER]: "admin" };

/** The request as the room sees it: the admission, an id of the edge's choice, and no query of the client's. */
export function admit(request: Request, admission: Admission): Request {
  const url = new URL(request.url);
  // The connect URL is kept in the socket's attachment, and two sockets of one id break each other.
  url.search = `?_pk=${crypto.randomUUID()}`;
  const admitted = new Request(url.toString(), request);
  admitted.headers.set(ADMISSION_HEADER, encodeURIComponent(JSON.stringify(admission)));
  admitted.headers.delete("cookie");
  return admitted;
}

/** Reads what `admit` wrote. @throws when the edge was passed by. */
export function readAdmission(headers: { get(name: string): string | null }): Admission {
  const header = headers.get(ADMISSION_HEADER);
  if (header === null) throw new Error("the connection was not admitted by the edge");
  return JSON.parse(decodeURIComponent(header)) as Admission;
}

/** The HTTP request as the room sees it: who asks, and no credentials. A key, and a token without `sid`, has no sign-in. */
export function admitRequest(request: Request, role: Role, signIn: SignIn | null): Request {
  const admitted = new Request(request.url, request);
  admitted.headers.set(AUDIENCE_HEADER, role);
  admitted.headers.delete(SIGN_IN_HEADER);
  if (signIn) admitted.headers.set(SIGN_IN_HEADER, encodeURIComponent(JSON.stringify(signIn)));
  admitted.headers.delete("authorization");
  admitted.headers.delete("cookie");
  return admitted;
}

/** Reads what `admitRequest` wrote; anything else is nobody. */
export function readRole(headers: { get(name: string): string | null }): Role | null {
  const role = headers.get(AUDIENCE_HEADER);
  return role === "admin" || role === "member" ? role : null;
}

/** The sign-in that `admitRequest` wrote down, if any. */
export function readSignIn(headers: { get(name: string): string | null }): SignIn | null {
  const header = headers.get(SIGN_IN_HEADER);
  return header === null ? null : (JSON.parse(decodeURIComponent(header)) as SignIn);
}
