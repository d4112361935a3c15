import { flushDueAt, flushIntervalMs, rememberGap } from "../../core/feed/flush-policy";
import type { Timings } from "../../core/shared/timings";
import type { Timers } from "../timers";

/** Flushes the room's changes when that is due, in the same turn if it is due already (SY2). */
export class FlushTimer {
  #cancel: (() => void) | null = null;
  #flushedAt = 0;
  /** The number of users in the last flush. */
  #flushedUsers = 0;
  /** The number of pending changes, and when it last grew. */
  #pending = 0;
  #changedAt = 0;
  #gapMs = 0;

  constructor(
    readonly timings: Timings,
    readonly timers: Timers,
    /** Sockets in the room. */
    readonly receivers: () => number,
    /** Sends all pending changes, and calls `flushed`. */
    readonly flush: () => void,
  ) {}

  /** Reports the number of pending changes. */
  waitFor(pending: number, now: number): void {
    if (pending === 0) return;
    if (pending !== this.#pending) {
      const intervalMs = flushIntervalMs(this.timings, this.receivers());
      this.#gapMs = rememberGap(intervalMs, this.#gapMs, now - this.#changedAt);
      this.#changedAt = now;
    }
    this.#pending = pending;
    if (this.#cancel === null) this.#flushIfDue(now);
  }

  /** Reports that all changes have been sent, of this many users. */
  flushed(users: number, now: number): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#flushedAt = now;
    this.#flushedUsers = users;
    this.#pending = 0;
    // Forgotten by and by: a room that stalled once need not wait for ever.
    this.#gapMs /= 2;
  }

  /** Cancels the next flush. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #flushIfDue(now: number): void {
    this.#cancel = null;
    const dueAt = flushDueAt(this.timings, {
      receivers: this.receivers(),
      flushedAt: this.#flushedAt,
      flushedUsers: this.#flushedUsers,
      changedAt: this.#changedAt,
      gapMs: this.#gapMs,
    });
    if (dueAt <= now) this.flush();
    // Only timers this short may keep a room from hibernating.
    else this.#cancel = this.timers.after(dueAt - now, () => this.#flushIfDue(this.timers.now()));
  }
}
