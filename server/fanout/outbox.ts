import { encodeServerMessage } from "../../core/wire/encode";
import type { Frame } from "../../core/wire/frames";
import type { HostSocket } from "../host";

/**
 * What is sent to one socket, and how much of it may not have been read yet. The platform buffers without
 * end and tells nobody: a client that keeps talking and does not read would fill the server's memory. So
 * once much is out, it is asked by a ping, which only somebody who has read up to it can answer (SE4).
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

  /** Sends, and leaves it to the close event or the heartbeat to find out about a socket that cannot be sent to. */
  send(frame: Frame): void {
    this.#sent += frame.length;
    try {
      this.socket.send(frame);
    } catch {
      // The socket closed under us; its close event is on the way, or the sweep will find it silent (HB2).
    }
  }

  /** Whether more is unread than may be: the client does not keep up. Asks it first, half-way there. */
  isStuck(now: number): boolean {
    const unread = this.#sent - this.#read;
    if (unread > this.unreadLength / 2 && !this.#asked) {
      // A fraction of a millisecond that cannot be guessed.
      const at = now + this.random();
      this.#asked = { at, sent: this.#sent };
      this.send(encodeServerMessage({ type: "ping", now: at }));
    }
    return unread > this.unreadLength;
  }

  /** Takes a pong, which answers any ping. */
  answered(at: number): void {
    if (this.#asked?.at !== at) return;
    this.#read = this.#asked.sent;
    this.#asked = null;
  }
}
