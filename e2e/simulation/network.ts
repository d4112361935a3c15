import type { SocketEvents } from "../../client/page/socket";
import type { Frame } from "../../core/wire/frames";
import { readFrame } from "../../core/testing/frames";
import type { Random } from "./random";
import type { Scheduler } from "../../server/testing/scheduler";

/** What the server's end of a wire is told. */
export interface ServerEnd {
  request(wire: Wire): void | Promise<void>;
  text(wire: Wire, data: string): void | Promise<void>;
  closed(wire: Wire): void | Promise<void>;
}

/** What the browser's end is told; a page that is frozen hears of it later. */
export interface BrowserEnd {
  deliver(happen: () => void): void;
}

/** One direction of a TCP connection: in order, late, held back, or dead. */
class Lane {
  heldUntilAt = 0;
  isDead = false;
  #lastAt = 0;
  readonly #waiting: (() => void | Promise<void>)[] = [];

  constructor(
    readonly scheduler: Scheduler,
    readonly random: Random,
    readonly slowest: number,
  ) {}

  send(arrive: () => void | Promise<void>): void {
    if (this.isDead) return;
    this.#waiting.push(arrive);
    this.#lastAt = Math.max(this.#lastAt, this.scheduler.now + this.random.whole(1, this.slowest));
    this.scheduler.at(this.#lastAt, () => this.#arrive());
  }

  /** What was held arrives now, still in order. */
  release(): void {
    this.heldUntilAt = 0;
    for (const _ of this.#waiting) this.scheduler.after(1, () => this.#arrive());
  }

  #arrive(): void | Promise<void> {
    if (this.isDead) return;
    if (this.heldUntilAt > this.scheduler.now) {
      this.scheduler.at(this.heldUntilAt, () => this.#arrive());
      return;
    }
    return this.#waiting.shift()?.();
  }
}

/** A TCP connection with a WebSocket on it, as both ends and everybody in between see it. */
export class Wire {
  readonly up: Lane;
  readonly down: Lane;
  /** The browser's end: opened by the server's answer. */
  isOpen = false;
  isGivenUp = false;
  /** The server's end. */
  isAccepted = false;
  serverEnded = false;
  serverTold = false;

  constructor(
    readonly id: string,
    readonly params: URLSearchParams,
    scheduler: Scheduler,
    random: Random,
    slowest: number,
    readonly browser: BrowserEnd,
    readonly server: ServerEnd,
    readonly events: SocketEvents,
  ) {
    this.up = new Lane(scheduler, random, slowest);
    this.down = new Lane(scheduler, random, slowest);
    this.up.send(() => this.server.request(this));
  }

  // The browser's end.

  sendUp(data: string): boolean {
    if (!this.isOpen || this.isGivenUp) return false;
    this.up.send(() => (this.serverTold ? undefined : this.server.text(this, data)));
    return true;
  }

  /** The page, or the browser for a page that is no more, closes: what was sent still goes out. */
  giveUp(): void {
    if (this.isGivenUp) return;
    this.isGivenUp = true;
    // A request that is still on its way ends with the browser's end of the connection.
    if (this.isAccepted) this.up.send(() => this.#tellServer());
    else this.up.isDead = true;
  }

  // The server's end.

  accept(): void {
    this.isAccepted = true;
    this.down.send(() => this.browser.deliver(() => (this.isOpen = !this.isGivenUp)));
  }

  sendDown(data: Frame): void {
    if (this.serverEnded || this.serverTold) throw new TypeError("Can't call send() after close().");
    this.down.send(() => this.browser.deliver(() => this.#hear(data)));
  }

  closeDown(code: number): void {
    if (this.serverEnded) return;
    this.serverEnded = true;
    this.down.send(() => {
      // The browser answers a close by itself, whatever the page is at.
      this.up.send(() => this.#tellServer());
      this.browser.deliver(() => this.end(code));
    });
  }

  // The network.

  hold(untilAt: number, which: "up" | "down" | "both"): void {
    if (which !== "down") this.up.heldUntilAt = Math.max(this.up.heldUntilAt, untilAt);
    if (which !== "up") this.down.heldUntilAt = Math.max(this.down.heldUntilAt, untilAt);
  }

  /** Nothing passes any more; who learns of it does so after a moment. */
  cut(seenBy: "both" | "browser" | "server" | "neither"): void {
    const { up, down, browser } = this;
    if (seenBy === "both" || seenBy === "server") up.scheduler.after(5, () => this.#tellServer());
    if (seenBy === "both" || seenBy === "browser")
      down.scheduler.after(5, () => browser.deliver(() => this.end(1006)));
    up.isDead = true;
    down.isDead = true;
  }

  /** The page learns that it is over. */
  end(code: number): void {
    if (this.isGivenUp) return;
    this.isGivenUp = true;
    this.isOpen = false;
    this.events.closed(code, "");
  }

  #hear(data: Frame): void {
    if (this.isOpen && !this.isGivenUp) this.events.message(readFrame(data));
  }

  #tellServer(): void | Promise<void> {
    if (this.serverTold || !this.isAccepted) return;
    this.serverTold = true;
    return this.server.closed(this);
  }
}
