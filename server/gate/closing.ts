import type { CloseCode } from "../../core/shared/close-codes";
import { encodeServerMessage } from "../../core/wire/encode";
import type { HostSocket } from "../host";

type Closable = Pick<HostSocket, "send" | "close">;

/** A close frame holds this many bytes of reason. The runtime does not close the socket when there are more. */
const REASON_BYTES = 123;

/**
 * Closes a socket for a reason that its client should know at once. The code is sent as a message first:
 * workerd (July 2024) answers its own close by ending the TCP connection only when it happens to collect
 * the socket, so that `ws` sees its close event after 30 s and Chromium after 2 s.
 */
export function dismiss(socket: Closable, code: CloseCode, detail: string): void {
  try {
    socket.send(encodeServerMessage({ type: "closing", code, detail }));
  } catch {
    // The socket cannot be written to. It is closed all the same.
  }
  closeSocket(socket, code, detail);
}

/** Closes a socket, whatever state it is in. */
export function closeSocket(socket: Pick<Closable, "close">, code: number, reason: string): void {
  try {
    socket.close(code, shorten(reason));
  } catch {
    // It is closed already.
  }
}

/**
 * Cuts text to what fits in a close frame. The text may repeat what a client sent, so it may have characters of several
 * bytes.
 */
export function shorten(reason: string): string {
  // Fast path: most closes have no reason, and thousands of sockets may be closed at once.
  if (reason === "") return "";
  const buffer = new Uint8Array(REASON_BYTES);
  const { written } = new TextEncoder().encodeInto(reason, buffer);
  return new TextDecoder().decode(buffer.subarray(0, written));
}
