import { CLOSE, type StopReason } from "../../core/shared/close-codes";

/** Why no token came. `thrown` is an error of the app's own `getToken`. */
export type TokenFault = "unreachable" | "status" | "notJson" | "noToken" | "tooSlow" | "thrown";

/**
 * Why the client has no connection and tries again: a `kind`, and a text for the app's developer.
 * `token`: no token could be fetched. `unreachable`: no room server answers at the host. `silent`: the server stopped
 * answering (HB6). `closed`: the server closed the connection with a code after which clients may return.
 * `misunderstood`: the server sent messages that this client cannot read. `left`: the page itself was unloaded.
 */
export type ConnectionProblem =
  | { readonly kind: "token"; readonly fault: TokenFault; readonly detail: string }
  | { readonly kind: "unreachable"; readonly detail: string }
  | { readonly kind: "silent"; readonly detail: string }
  | { readonly kind: "closed"; readonly code: number; readonly detail: string }
  | { readonly kind: "misunderstood"; readonly detail: string }
  | { readonly kind: "left"; readonly detail: string };

export const SILENT: ConnectionProblem = { kind: "silent", detail: "the room server does not answer" };

export const MISUNDERSTOOD: ConnectionProblem = {
  kind: "misunderstood",
  detail: "the room server sent a message that this client cannot read: do both have the same version?",
};

export const LEFT: ConnectionProblem = { kind: "left", detail: "the page was unloaded" };

/** An attempt to reach the host failed. */
export function unreachable(host: string): ConnectionProblem {
  const detail =
    `no room server answers at "${host}": is it running there, is this its host (and port), ` +
    "and may this page's origin reach it?";
  return { kind: "unreachable", detail };
}

/** The server or the network closed a connection that may return. `wasLive`: whether its first sync had arrived. */
export function closedWith(code: number, reason: string, host: string, wasLive: boolean): ConnectionProblem {
  if (code === NO_CODE && !wasLive) return unreachable(host);
  const detail = code === NO_CODE ? "the connection broke" : `the room server closed it: ${reason || code}`;
  return { kind: "closed", code, detail };
}

/** The code of a WebSocket that was not closed properly. */
const NO_CODE = 1006;

const SAME_VERSION = "use the same version of the package and the server.";

/** What the app's developer can do about the client's end, where there is something to fix. */
const ADVICE: Readonly<Partial<Record<StopReason, string>>> = {
  tokenRefused: "Nobody is signed in, or they may not enter: show the sign-in, then call reconnect().",
  versionRefused: `The room server uses another version of the protocol: ${SAME_VERSION}`,
  badMessages: `The room server does not understand this client: ${SAME_VERSION}`,
  profileTooLong:
    "Shorten the name or the picture's URL in the token, or raise ROLLCALL_MAX_NAME_LENGTH on the server.",
  tooMuch: "This page sends too much: is setScope or readPage called with every render?",
  tooManyUsers: "The room has reached its limit of users: raise ROLLCALL_MAX_USERS_PER_ROOM on the server.",
};

/** Returns what the app's developer can do about the client's end; null if there is nothing to fix. */
export function adviceAbout(reason: StopReason, code: number | null, room: string): string | null {
  if (code === CLOSE.tokenRefused)
    return (
      "The room server does not accept the token: are ROLLCALL_TOKEN_SECRET and the clock the same where the " +
      "token is made and where the room server runs?"
    );
  if (reason === "roomRefused")
    return (
      `The token does not open "${room}": name the room where the token is made, ` +
      `createToken({ rooms: ["${room}"], … }), and use observe only for admins.`
    );
  return ADVICE[reason] ?? null;
}
