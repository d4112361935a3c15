import type { ProcessHost } from "../host";

/** Makes ids of connections: a random prefix for the process, and a count, since randomness is expensive. */
export class ConnectionIds {
  #prefix = "";
  #count = 0;

  constructor(readonly host: Pick<ProcessHost, "randomId">) {}

  /** An id that no other connection has, of any server. */
  next(): string {
    // Lazy: Workers forbid randomness outside a request.
    this.#prefix ||= this.host.randomId().replaceAll("-", "").slice(0, 20);
    this.#count += 1;
    return `${this.#prefix}${this.#count.toString(36)}`;
  }
}
