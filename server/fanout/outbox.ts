import { encodeServerMessage } from "../../core/wire/encode";
import type { Frame } from "../../core/wire/frames";
import type { HostSocket } from "../host";

/**
 * Sends to one socket, and knows how much may be unread. The platform buffers without limit and reports nothing, so a
 * client that sends but does not read would fill the server's memory. After much output it gets a ping, which it can
 * answer only if it has read up to it (SE4).
 */
export class Outbox {
  #sent = 0;
  #read = 0;
  #asked: { readonly at: number; readonly sent: number } | null = null;

  constructor(
    readonly socket: Pick<HostSocket, "send">,
    readonly unreadLength: number,
    readonly random: () => number,
  ) {}

  /** Sends a frame. The close event or the heartbeat finds a socket that cannot be written to. */
  send(frame: Frame): void {
    this.#sent += frame.length;
    try {
      this.socket.send(frame);
    } catch {
      // The socket is closed. Its close event follows, or the sweep finds its silence (HB2).
    }
  }

  /** Whether too much is unread, so that the client does not keep up. Sends the ping at half of the limit. */
  isStuck(now: number): boolean {
    const unread = this.#sent - this.#read;
    if (unread > this.unreadLength / 2 && !this.#asked) {
      // An unpredictable fraction of a millisecond, so that a client cannot answer without reading.
      const at = now + this.random();
      this.#asked = { at, sent: this.#sent };
      this.send(encodeServerMessage({ type: "ping", now: at }));
    }
    return unread > this.unreadLength;
  }

  /** Takes the pong to any ping. */
  answered(at: number): void {
    if (this.#asked?.at !== at) return;
    this.#read = this.#asked.sent;
    this.#asked = null;
  }
}
