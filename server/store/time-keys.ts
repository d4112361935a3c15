/** An instant as part of a storage key, so that keys sort by time. */
export function timeKey(at: number): string {
  return String(Math.max(0, Math.floor(at))).padStart(14, "0");
}

/** Creates storage keys in order of time, and within one millisecond in order of the calls. */
export class TimeKeys {
  #last: string;

  /** `last` is the latest key that storage already holds. */
  constructor(
    readonly prefix: string,
    last = "",
  ) {
    this.#last = last;
  }

  next(at: number): string {
    const key = this.prefix + timeKey(at);
    this.#last = key <= this.#last ? `${this.#last}a` : key;
    return this.#last;
  }
}
