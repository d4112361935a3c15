import type { Connection } from "../../core/room/status";
import type { HostSocket } from "../host";
import type { Mode } from "../../core/shared/scope";
import type { Role } from "../../core/shared/terms";

/** The fields of a connection, in the order in which an attachment has them. A new field comes last. */
const FIELDS = [
  ...(["id", "userId", "clientId", "sessionId", "observer", "device", "connectedAt", "heardAt"] as const),
  ...(["inputAt", "hiddenAt", "active", "unanswered", "pingedAt", "firstPingAt", "rttMs"] as const),
] satisfies (keyof Connection)[];

/**
 * The attachment of a socket (HB5): the whole state of a connection, which survives hibernation. It is a list, because
 * PartyKit keeps about 1.9 KB per socket, and it is written at each heartbeat.
 */
export type Attachment = readonly [version: 1, role: Role, mode: Mode, ...fields: unknown[]];

/** Packs a connection into an attachment. */
export function pack(connection: Connection, role: Role, mode: Mode): Attachment {
  return [1, role, mode, ...FIELDS.map((field) => connection[field])];
}

/** Unpacks an attachment. Null for a socket whose connect did not complete. */
export function unpack(attachment: unknown): { connection: Connection; role: Role; mode: Mode } | null {
  if (!Array.isArray(attachment) || attachment[0] !== 1) return null;
  const [, role, mode, ...values] = attachment as unknown as Attachment;
  const connection = Object.fromEntries(FIELDS.map((field, index) => [field, values[index]]));
  return { connection: connection as unknown as Connection, role, mode };
}

/** Clears the attachment of a socket that the room has removed, so that a late close does not restore it. */
export function discard(socket: Pick<HostSocket, "attachment">): void {
  try {
    socket.attachment = null;
  } catch {
    // The socket is closed.
  }
}
