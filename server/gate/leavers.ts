import { CLOSE } from "../../core/shared/close-codes";
import { dismiss } from "./closing";
import type { HostSocket } from "../host";
import type { Timers } from "../timers";

/** The sockets are closed once nobody has left for this long. */
const CALM_MS = 50;
/** No socket waits longer than this, however many pages leave. */
const LONGEST_MS = 1_000;

/**
 * Closes the sockets of pages that said they were leaving, once no more of them do. To close a socket costs the
 * runtime more than to hear that its page is leaving, and each grace runs from when that was heard: when thousands
 * leave at once, the last of them would be waited for that much longer (GR1). A page that leaves waits for nothing.
 */
export class Leavers {
  readonly #leaving: HostSocket[] = [];
  #isWaiting = false;
  #firstAt = 0;
  #lastAt = 0;

  constructor(readonly timers: Timers) {}

  /** Closes the socket soon. The room has let it go already, and keeps nothing for it. */
  closeSoon(socket: HostSocket, now: number): void {
    this.#leaving.push(socket);
    this.#lastAt = now;
    // A timer this short is the one kind that may keep the room from hibernating.
    if (this.#isWaiting) return;
    this.#firstAt = now;
    this.#wait(now);
  }

  get #dueAt(): number {
    return Math.min(this.#lastAt + CALM_MS, this.#firstAt + LONGEST_MS);
  }

  #wait(now: number): void {
    this.#isWaiting = true;
    this.timers.after(this.#dueAt - now, () => this.#closeIfDue(this.timers.now()));
  }

  #closeIfDue(now: number): void {
    if (now < this.#dueAt) return this.#wait(now);
    this.#isWaiting = false;
    for (const socket of this.#leaving.splice(0)) dismiss(socket, CLOSE.left, "");
  }
}
