import { flushDueAt } from "../../core/feed/flush-policy";
import type { Timings } from "../../core/shared/timings";
import type { Timers } from "../timers";

/** Has the room tell what it has gathered when that is due, in the same turn if it is due already (SY2). */
export class FlushTimer {
  #cancel: (() => void) | null = null;
  #flushedAt = 0;
  /** How many users the last flush told of. */
  #told = 0;
  /** How much there is to tell, and when it last became more. */
  #news = 0;
  #changedAt = 0;

  constructor(
    readonly timings: Timings,
    readonly timers: Timers,
    /** Sockets in the room. */
    readonly receivers: () => number,
    /** Tells all there is to tell, and says so by `flushed`. */
    readonly flush: () => void,
  ) {}

  /** There is so much to tell. */
  waitFor(news: number, now: number): void {
    if (news === 0) return;
    if (news !== this.#news) this.#changedAt = now;
    this.#news = news;
    if (this.#cancel === null) this.#flushIfDue(now);
  }

  /** Everything has just been told, of so many users. */
  flushed(told: number, now: number): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#flushedAt = now;
    this.#told = told;
    this.#news = 0;
  }

  /** Tells nothing more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #flushIfDue(now: number): void {
    this.#cancel = null;
    const dueAt = flushDueAt(this.timings, {
      receivers: this.receivers(),
      flushedAt: this.#flushedAt,
      flushedUsers: this.#told,
      changedAt: this.#changedAt,
    });
    if (dueAt <= now) this.flush();
    // A timer this short is the one kind that may keep the room from hibernating.
    else this.#cancel = this.timers.after(dueAt - now, () => this.#flushIfDue(this.timers.now()));
  }
}
