interface Waiting {
  readonly dueAt: number;
  readonly run: () => void;
}

/**
 * The short timers of a room, on one timer of the runtime. workerd keeps its timers in the order of the wall clock:
 * when that is set, all but the first of them come far too early or too late (TM1).
 */
export class Timers {
  readonly #waiting = new Set<Waiting>();
  #armed: Waiting | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `now` is the room's clock. */
  constructor(readonly now: () => number) {}

  /** Runs something once, `ms` milliseconds from now. Returns what calls it off. */
  after(ms: number, run: () => void): () => void {
    const waiting = { dueAt: this.now() + ms, run };
    this.#waiting.add(waiting);
    this.#arm();
    return () => {
      if (this.#waiting.delete(waiting)) this.#arm();
    };
  }

  /** The wall clock was set: the runtime's timer has to be set anew. */
  rearm(): void {
    this.#armed = null;
    this.#arm();
  }

  #arm(): void {
    let first: Waiting | null = null;
    for (const each of this.#waiting) if (first === null || each.dueAt < first.dueAt) first = each;
    if (first === this.#armed) return;
    clearTimeout(this.#timer);
    this.#armed = first;
    if (first !== null)
      this.#timer = setTimeout(() => this.#fire(first), Math.max(0, first.dueAt - this.now()));
  }

  #fire(first: Waiting): void {
    this.#armed = null;
    if (this.#waiting.delete(first)) first.run();
    this.#arm();
  }
}
