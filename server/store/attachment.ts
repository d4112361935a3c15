import type { Connection } from "../../core/room/status";
import type { HostSocket } from "../host";
import type { Mode } from "../../core/shared/scope";
import type { Role } from "../../core/shared/terms";

/**
 * What a socket carries through hibernation (HB5): everything that the room must know of a connection,
 * as a list, since the platform keeps about 1.9 KB per socket and this is written at each heartbeat.
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

/** Packs what must survive hibernation. */
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

/** Unpacks it, or returns null for a socket that was never admitted to the end. */
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

/** Empties the attachment of a socket that the room has let go: its late close must not bring it back. */
export function discard(socket: Pick<HostSocket, "attachment">): void {
  try {
    socket.attachment = null;
  } catch {
    // The socket is closed.
  }
}
