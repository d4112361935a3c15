/** Why the server closed a socket. Each code says whether the client may come back by itself (SE3). */
export const CLOSE = {
  /** Messages kept failing validation. */
  badMessages: 4400,
  /** The token is missing, forged or meant for something else. */
  tokenRefused: 4401,
  /** The token does not open this room. */
  roomRefused: 4403,
  /** An admin has deleted the room. Who enters it again begins a new one. */
  roomDeleted: 4404,
  /** The client speaks another version of the wire format. */
  versionRefused: 4406,
  /** The token has expired, or its issuer's clock is minutes ahead: a fresh one may open the room. */
  tokenExpired: 4407,
  /** No answer to several pings (HB2). */
  heartbeatMissed: 4408,
  /** The same client has a newer connection (CN2). */
  replaced: 4409,
  /** The user signed out (GR2). */
  signedOut: 4410,
  /** The page said that it was closing (GR1). */
  left: 4411,
  /** An admin ended the connection. */
  disconnected: 4412,
  /** A message was larger than allowed (SE4). */
  tooLarge: 4413,
  /** The name or the picture's URL in the token is longer than allowed (SE4). */
  profileTooLong: 4414,
  /** The client does not read what it is sent (SE4). */
  tooSlow: 4416,
  /** Too many messages (SE4). */
  tooFast: 4429,
  /** The user has as many connections as a user may have (SE4). */
  tooManyOfUser: 4430,
  /** The room has as many connections as a room may have (SE4). */
  roomFull: 4431,
  /** The room knows as many users as a room may know, and this one is not among them (SE4). */
  tooManyUsers: 4432,
  /** The server is not able to serve: it is badly configured, or failing. */
  unavailable: 4503,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** Codes after which a client reconnects by itself. After the others it stops, and says why. */
const RETRIED: ReadonlySet<number> = new Set([
  CLOSE.tokenExpired,
  CLOSE.heartbeatMissed,
  CLOSE.left,
  CLOSE.tooSlow,
  CLOSE.unavailable,
]);

/** Whether a close with this code ends the client for good: 44xx codes but for the few that are retried. */
export function isFinalClose(code: number): boolean {
  return code >= 4400 && code < 4600 && !RETRIED.has(code);
}
