import { CLOSE } from "../../core/shared/close-codes";
import { dismiss } from "./closing";
import type { HostSocket } from "../host";
import type { Timers } from "../timers";

/** The sockets are closed after this time without an announcement, in milliseconds. */
const CALM_MS = 50;
/** No socket waits longer than this, however many pages leave. */
const LONGEST_MS = 1_000;

/**
 * Closes the sockets of pages that announced that they leave, after the last announcement. A close costs the runtime
 * more than an announcement, and a grace starts with the announcement. Otherwise, when thousands leave at once, the
 * graces of the last ones would start late (GR1). A leaving page does not wait for its close.
 */
export class Leavers {
  readonly #leaving: HostSocket[] = [];
  #isWaiting = false;
  #firstAt = 0;
  #lastAt = 0;

  constructor(readonly timers: Timers) {}

  /** Closes the socket soon. The room has removed it already. */
  closeSoon(socket: HostSocket, now: number): void {
    this.#leaving.push(socket);
    this.#lastAt = now;
    // Only timers this short may keep a room from hibernating.
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
