import type { RoomStorage } from "../store/room-storage";

const PREFIX = "ended:";
const PRUNED_EVERY_MS = 3_600_000;

/**
 * So many are kept. Beyond it those that would expire last are dropped: guests' sign-ins last half a year and anybody may
 * make them, so that they cannot crowd out the sign-ins of admins and of a provider's users, which end within a day.
 */
const MOST_KEPT = 100_000;

/** The platform reads and deletes at most so many keys at once. */
const BATCH = 128;

/**
 * Sign-ins of the app that have ended before their cookies expire (SE5), each with the instant until which that must be
 * remembered. Every process of the app asks here, so that a copy of a cookie opens nothing anywhere, after restarts too.
 */
export class EndedSignIns {
  readonly #storage: RoomStorage;
  readonly #most: number;
  #prunedAt = -Infinity;
  #added = 0;

  constructor(storage: RoomStorage, most = MOST_KEPT) {
    this.#storage = storage;
    this.#most = most;
  }

  /** Notes that a sign-in has ended. `untilAt` is when its cookie expires. */
  async end(id: string, untilAt: number, now: number): Promise<void> {
    if (untilAt <= now) return;
    this.#storage.put(PREFIX + id, untilAt);
    this.#added += 1;
    if (now - this.#prunedAt >= PRUNED_EVERY_MS || this.#added > this.#most / 10) await this.#prune(now);
    // A crash must not bring it back. Where nothing can be written, memory has to do (OP3).
    await this.#storage.settled().catch(() => {});
  }

  /**
   * Those of the ids, at most 128, whose sign-in has ended. While the storage cannot be read, only those are known that
   * ended since: nobody could come in otherwise (OP3).
   */
  async among(ids: readonly string[]): Promise<string[]> {
    const keys = ids.map((id) => PREFIX + id);
    const ended = await this.#storage
      .getAll<number>(keys)
      .catch(() => new Map(this.#storage.owed<number>(keys)));
    return ids.filter((id) => ended.has(PREFIX + id));
  }

  async #prune(now: number): Promise<void> {
    this.#prunedAt = now;
    this.#added = 0;
    const all = [...(await this.#storage.list<number>({ prefix: PREFIX }))];
    const current = all.filter(([, untilAt]) => untilAt > now).toSorted(([, a], [, b]) => a - b);
    const kept = new Set(current.slice(0, this.#most).map(([key]) => key));
    const dropped = all.map(([key]) => key).filter((key) => !kept.has(key));
    for (let i = 0; i < dropped.length; i += BATCH) this.#storage.delete(dropped.slice(i, i + BATCH));
  }
}
