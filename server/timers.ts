import type { Cancel, ProcessHost } from "./host";

interface Waiting {
  readonly dueAt: number;
  readonly run: () => void;
}

/**
 * The short timers of a room, on one timer of the runtime. workerd orders its timers by the wall clock. When that clock
 * is set, all timers but the first fire far too early or too late (TM1).
 */
export class Timers {
  readonly #waiting = new Set<Waiting>();
  #armed: Waiting | null = null;
  #cancel: Cancel | null = null;

  constructor(
    /** The room's clock. */
    readonly now: () => number,
    readonly host: Pick<ProcessHost, "after">,
  ) {}

  /** Runs something once, `ms` milliseconds from now. */
  after(ms: number, run: () => void): Cancel {
    const waiting = { dueAt: this.now() + ms, run };
    this.#waiting.add(waiting);
    this.#arm();
    return () => {
      if (this.#waiting.delete(waiting)) this.#arm();
    };
  }

  /** Sets the runtime's timer again, after the wall clock was set. */
  rearm(): void {
    this.#armed = null;
    this.#arm();
  }

  #arm(): void {
    let first: Waiting | null = null;
    for (const each of this.#waiting) if (first === null || each.dueAt < first.dueAt) first = each;
    if (first === this.#armed) return;
    this.#cancel?.();
    this.#cancel = null;
    this.#armed = first;
    if (first !== null)
      this.#cancel = this.host.after(Math.max(0, first.dueAt - this.now()), () => this.#fire(first));
  }

  #fire(first: Waiting): void {
    this.#armed = null;
    if (this.#waiting.delete(first)) first.run();
    this.#arm();
  }
}
