import type { Connection } from "../../core/room/status";
import type { HostSocket } from "../host";
import type { Mode } from "../../core/shared/scope";
import type { Role } from "../../core/shared/terms";

/**
 * The attachment of a socket (HB5): the whole state of a connection, which survives hibernation. It is a list, because
 * PartyKit keeps about 1.9 KB per socket, and it is written at each heartbeat.
 */
export type Attachment = readonly [
  version: 1,
  role: Role,
  mode: Mode,
  id: string,
  userId: string,
  clientId: string,
  sessionId: string | null,
  observer: boolean,
  device: string,
  connectedAt: number,
  heardAt: number,
  inputAt: number,
  hiddenAt: number | null,
  active: boolean,
  unanswered: number,
  pingedAt: number,
  firstPingAt: number | null,
  rttMs: number | null,
];

/** Packs a connection into an attachment. */
export function pack(connection: Connection, role: Role, mode: Mode): Attachment {
  const c = connection;
  return [
    1,
    role,
    mode,
    c.id,
    c.userId,
    c.clientId,
    c.sessionId,
    c.observer,
    c.device,
    c.connectedAt,
    c.heardAt,
    c.inputAt,
    c.hiddenAt,
    c.active,
    c.unanswered,
    c.pingedAt,
    c.firstPingAt,
    c.rttMs,
  ];
}

/** Unpacks an attachment. Null for a socket whose connect did not complete. */
export function unpack(attachment: unknown): { connection: Connection; role: Role; mode: Mode } | null {
  if (!Array.isArray(attachment) || attachment[0] !== 1) return null;
  const [, role, mode, id, userId, clientId, sessionId, observer, device, ...instants] =
    attachment as unknown as Attachment;
  const [connectedAt, heardAt, inputAt, hiddenAt, active, unanswered, pingedAt, firstPingAt, rttMs] =
    instants;
  const connection: Connection = {
    id,
    userId,
    clientId,
    sessionId,
    observer,
    device,
    connectedAt,
    heardAt,
    inputAt,
    hiddenAt,
    active,
    unanswered,
    pingedAt,
    firstPingAt,
    rttMs,
  };
  return { connection, role, mode };
}

/** Clears the attachment of a socket that the room has removed, so that a late close does not restore it. */
export function discard(socket: Pick<HostSocket, "attachment">): void {
  try {
    socket.attachment = null;
  } catch {
    // The socket is closed.
  }
}
