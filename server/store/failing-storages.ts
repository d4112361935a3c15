/** A storage that fails retries more often than this, so an older report is of a room that is gone. */
const REPORT_MS = 30_000;

/** The storages of this process that fail at the moment (OP3). */
export class FailingStorages {
  /** When each last failed, by the id of its room. */
  readonly #failedAt = new Map<string, number>();

  failed(id: string, now: number): void {
    this.#failedAt.set(id, now);
  }

  works(id: string): void {
    this.#failedAt.delete(id);
  }

  /** How many rooms, the directory included, cannot read or write their storage right now. */
  count(now: number): number {
    return [...this.#failedAt.values()].filter((at) => Math.abs(now - at) < REPORT_MS).length;
  }
}
