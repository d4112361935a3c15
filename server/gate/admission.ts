import type { Known } from "../../core/wire/hello";
import type { ScopeKind } from "../../core/shared/scope";
import type { Activity, Profile, Role } from "../../core/shared/terms";

/**
 * What the edge has found out about a connection, on its way to the room in a header that only the edge
 * can set (SE2). The token itself goes no further than the edge.
 */
export interface Admission {
  readonly profile: Profile;
  /** Whether the token says that the user is a guest. */
  readonly guest: boolean;
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

/** An address without its query, and the query: to take it all apart costs each connection a good deal more. */
export function splitAddress(url: string): { readonly place: string; readonly query: string } {
  const at = url.indexOf("?");
  return at === -1 ? { place: url, query: "" } : { place: url.slice(0, at), query: url.slice(at + 1) };
}

/**
 * The request as the room sees it: the admission, an id of the edge's choice, and nothing of the client's own but the
 * address without its query. (A browser's dozen headers would be copied for a room that reads none of them.)
 */
export function admit(request: Request, admission: Admission): Request {
  return new Request(
    // The connect URL is kept in the socket's attachment, and two sockets of one id break each other.
    `${splitAddress(request.url).place}?_pk=${newConnectionId()}`,
    { headers: { upgrade: "websocket", ...admissionHeaders(admission) } },
  );
}

/** The header that tells the room. */
export function admissionHeaders(admission: Admission): Record<string, string> {
  return { [ADMISSION_HEADER]: toAscii(JSON.stringify(admission)) };
}

/** Reads what `admissionHeaders` wrote. @throws when the edge was passed by. */
export function readAdmission(headers: { get(name: string): string | null }): Admission {
  const header = headers.get(ADMISSION_HEADER);
  if (header === null) throw new Error("the connection was not admitted by the edge");
  return JSON.parse(header) as Admission;
}

/** JSON that a header may hold: what is not ASCII is escaped as JSON itself can. */
function toAscii(json: string): string {
  return json.replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Of this isolate, and chosen at its first connection: chance may not be asked for before. */
let isolate = "";
let connections = 0;

/** An id that no other connection has, of any server: chance for the isolate, and a count, since chance is dear. */
function newConnectionId(): string {
  isolate ||= crypto.randomUUID().replaceAll("-", "").slice(0, 20);
  connections += 1;
  return `${isolate}${connections.toString(36)}`;
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
