import type { ResumePoint } from "../../core/wire/hello";
import type { ScopeKind } from "../../core/shared/scope";
import type { Activity, Profile, Role } from "../../core/shared/terms";

/**
 * What the edge knows of a connection. It reaches the room in a header that only the edge can set (SE2). The token
 * itself stays at the edge.
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
  readonly resumeFrom: ResumePoint | null;
}

const ADMISSION_HEADER = "x-rollcall-admission";
const AUDIENCE_HEADER = "x-rollcall-audience";
const ASKER_HEADER = "x-rollcall-asker";

/** The user whose token a request bears, and the sign-in, if the token names one. */
export interface Asker {
  readonly userId: string;
  readonly sessionId: string | null;
}

/** Headers of a request from one party to another. There is no edge between them. */
export const AS_ADMIN: Readonly<Record<string, Role>> = { [AUDIENCE_HEADER]: "admin" };

/**
 * Splits an address into what precedes its query, and the query. Parsing the whole URL would cost each connection more.
 */
export function splitAddress(url: string): { readonly place: string; readonly query: string } {
  const at = url.indexOf("?");
  return at === -1 ? { place: url, query: "" } : { place: url.slice(0, at), query: url.slice(at + 1) };
}

/**
 * The request as the room sees it: the admission, an id that the edge chose, and the address without its query. The
 * client's own headers are left out, since the room reads none of them.
 */
export function admit(request: Request, admission: Admission, connectionId: string): Request {
  return new Request(
    // PartyKit keeps this URL in the socket's attachment, and takes the socket's id from it. Two sockets of one id
    // break each other.
    `${splitAddress(request.url).place}?_pk=${connectionId}`,
    { headers: { upgrade: "websocket", ...admissionHeaders(admission) } },
  );
}

/** The header that tells the room. */
export function admissionHeaders(admission: Admission): Record<string, string> {
  return { [ADMISSION_HEADER]: toAscii(JSON.stringify(admission)) };
}

/** Reads what `admissionHeaders` wrote. @throws when the request did not come through the edge */
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

/**
 * The HTTP request as the room sees it: who asks, and no credentials. `asker` is null for a key, which belongs to no
 * user.
 */
export function admitRequest(request: Request, role: Role, asker: Asker | null): Request {
  const admitted = new Request(request.url, request);
  admitted.headers.set(AUDIENCE_HEADER, role);
  admitted.headers.delete(ASKER_HEADER);
  if (asker) admitted.headers.set(ASKER_HEADER, encodeURIComponent(JSON.stringify(asker)));
  admitted.headers.delete("authorization");
  admitted.headers.delete("cookie");
  return admitted;
}

/** Reads the role that `admitRequest` wrote; null when there is none. */
export function readRole(headers: { get(name: string): string | null }): Role | null {
  const role = headers.get(AUDIENCE_HEADER);
  return role === "admin" || role === "member" ? role : null;
}

/** Reads the bearer that `admitRequest` wrote; null for a request with a key. */
export function readAsker(headers: { get(name: string): string | null }): Asker | null {
  const header = headers.get(ASKER_HEADER);
  return header === null ? null : (JSON.parse(decodeURIComponent(header)) as Asker);
}
