/** A failing storage retries more often than this, so an older report belongs to a room that has ended. */
const REPORT_MS = 30_000;

/** The failing storages of this process (OP3). */
export class FailingStorages {
  /** The time of the last failure, by the room's id. */
  readonly #failedAt = new Map<string, number>();

  failed(id: string, now: number): void {
    this.#failedAt.set(id, now);
  }

  works(id: string): void {
    this.#failedAt.delete(id);
  }

  /** The number of rooms, including the directory, whose storage fails now. */
  count(now: number): number {
    return [...this.#failedAt.values()].filter((at) => Math.abs(now - at) < REPORT_MS).length;
  }
}
