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
const ASKER_HEADER = "x-rollcall-asker";

/** Whose token asks, and from which sign-in, if the token names one. */
export interface Asker {
  readonly userId: string;
  readonly sessionId: string | null;
}

/** Headers by which one party asks another, which no edge stands before. */
export const AS_ADMIN: Readonly<Record<string, Role>> = { [AUDIENCE_HEADER]: "admin" };

/**
 * The request as the room sees it: the admission, an id of the edge's choice, and nothing of the client's own but the
 * address without its query. (A browser's dozen headers would be copied for a room that reads none of them.)
 */
export function admit(request: Request, admission: Admission): Request {
  const { origin, pathname } = new URL(request.url);
  return new Request(
    // The connect URL is kept in the socket's attachment, and two sockets of one id break each other.
    `${origin}${pathname}?_pk=${crypto.randomUUID()}`,
    { headers: { upgrade: "websocket", [ADMISSION_HEADER]: encodeURIComponent(JSON.stringify(admission)) } },
  );
}

/** Reads what `admit` wrote. @throws when the edge was passed by. */
export function readAdmission(headers: { get(name: string): string | null }): Admission {
  const header = headers.get(ADMISSION_HEADER);
  if (header === null) throw new Error("the connection was not admitted by the edge");
  return JSON.parse(decodeURIComponent(header)) as Admission;
}

/** The HTTP request as the room sees it: who asks, and no credentials. A key is nobody's in particular. */
export function admitRequest(request: Request, role: Role, asker: Asker | null): Request {
  const admitted = new Request(request.url, request);
  admitted.headers.set(AUDIENCE_HEADER, role);
  admitted.headers.delete(ASKER_HEADER);
  if (asker) admitted.headers.set(ASKER_HEADER, encodeURIComponent(JSON.stringify(asker)));
  admitted.headers.delete("authorization");
  admitted.headers.delete("cookie");
  return admitted;
}

/** Reads what `admitRequest` wrote; anything else is nobody. */
export function readRole(headers: { get(name: string): string | null }): Role | null {
  const role = headers.get(AUDIENCE_HEADER);
  return role === "admin" || role === "member" ? role : null;
}

/** The bearer of the token that `admitRequest` wrote down; null for who came with a key. */
export function readAsker(headers: { get(name: string): string | null }): Asker | null {
  const header = headers.get(ASKER_HEADER);
  return header === null ? null : (JSON.parse(decodeURIComponent(header)) as Asker);
}
