import type { CloseCode } from "../core/close-codes";
import { encodeServerMessage } from "../core/encode";

interface Closable {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** The platform takes at most 123 bytes of reason. */
const REASON_LENGTH = 120;

/**
 * Closes a socket for a reason that its client should know at once. The code is sent as a message first:
 * workerd (July 2024) answers its own close by ending the TCP connection only when it happens to collect
 * the socket, so that `ws` sees its close event after 30 s and Chromium after 2 s.
 */
export function dismiss(socket: Closable, code: CloseCode, detail: string): void {
  try {
    socket.send(encodeServerMessage({ type: "closing", code, detail }));
  } catch {
    // It cannot be told any more; it is closed all the same.
  }
  closeSocket(socket, code, detail);
}

/** Closes a socket, whatever state it is in. */
export function closeSocket(socket: Pick<Closable, "close">, code: number, reason: string): void {
  try {
    socket.close(code, reason.slice(0, REASON_LENGTH));
  } catch {
    // It is closed already, which is all that is wanted.
  }
}
