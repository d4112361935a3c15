/** Why the client has ended and does not come back by itself; `stopped` when the app asked for it. */
export type StopReason =
  | "tokenRefused"
  | "roomRefused"
  | "versionRefused"
  | "signedOut"
  | "replaced"
  | "badMessages"
  | "profileTooLong"
  | "tooMuch"
  | "tooManyOfUser"
  | "roomFull"
  | "tooManyUsers"
  | "roomDeleted"
  | "disconnected"
  | "stopped";

/** Whether the client reconnects by itself after this close; if not, `reason` is what the app is told. */
type Close =
  | { readonly code: number; readonly retried: true }
  | { readonly code: number; readonly retried: false; readonly reason: StopReason };

/** Why the server closed a socket, and whether the client may come back by itself (SE3). */
const CLOSES = {
  /** Messages kept failing validation. */
  badMessages: { code: 4400, retried: false, reason: "badMessages" },
  /** The token is missing, forged or meant for something else. */
  tokenRefused: { code: 4401, retried: false, reason: "tokenRefused" },
  /** The token does not open this room. */
  roomRefused: { code: 4403, retried: false, reason: "roomRefused" },
  /** An admin deleted the room. Entering it again creates a new one. */
  roomDeleted: { code: 4404, retried: false, reason: "roomDeleted" },
  /** The client speaks another version of the wire format. */
  versionRefused: { code: 4406, retried: false, reason: "versionRefused" },
  /** The token has expired, or its issuer's clock is minutes ahead: a fresh token may open the room. */
  tokenExpired: { code: 4407, retried: true },
  /** Several pings were not answered (HB2). */
  heartbeatMissed: { code: 4408, retried: true },
  /** The same client has a newer connection (CN2). */
  replaced: { code: 4409, retried: false, reason: "replaced" },
  /** The user signed out (GR2). */
  signedOut: { code: 4410, retried: false, reason: "signedOut" },
  /** The page said that it was closing (GR1). */
  left: { code: 4411, retried: true },
  /** An admin ended the connection. */
  disconnected: { code: 4412, retried: false, reason: "disconnected" },
  /** A message was larger than allowed (SE4). */
  tooLarge: { code: 4413, retried: false, reason: "tooMuch" },
  /** The name or the picture's URL in the token is longer than allowed (SE4). */
  profileTooLong: { code: 4414, retried: false, reason: "profileTooLong" },
  /** The client does not read what it is sent (SE4). */
  tooSlow: { code: 4416, retried: true },
  /** Too many messages (SE4). */
  tooFast: { code: 4429, retried: false, reason: "tooMuch" },
  /** The user has as many connections as a user may have (SE4). */
  tooManyOfUser: { code: 4430, retried: false, reason: "tooManyOfUser" },
  /** The room has as many connections as a room may have (SE4). */
  roomFull: { code: 4431, retried: false, reason: "roomFull" },
  /** The room knows as many users as a room may know, and this user is new (SE4). */
  tooManyUsers: { code: 4432, retried: false, reason: "tooManyUsers" },
  /** The server cannot serve: it is badly configured, or failing. */
  unavailable: { code: 4503, retried: true },
} as const satisfies Record<string, Close>;

export type CloseCode = (typeof CLOSES)[keyof typeof CLOSES]["code"];

/** The close codes by name. */
export const CLOSE = Object.fromEntries(Object.entries(CLOSES).map(([name, { code }]) => [name, code])) as {
  readonly [Name in keyof typeof CLOSES]: (typeof CLOSES)[Name]["code"];
};

/**
 * Why a close with this code ends the client for good; null when the client retries. A code from 4400 to 4599 that
 * this version does not know ends it: the server does not want the client back.
 */
export function stopReason(code: number): StopReason | null {
  const known = Object.values(CLOSES).find((close) => close.code === code);
  if (known) return known.retried ? null : known.reason;
  return code >= 4400 && code < 4600 ? "disconnected" : null;
}
