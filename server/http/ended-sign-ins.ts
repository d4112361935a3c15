import type { RoomStorage } from "../store/room-storage";

const PREFIX = "ended:";
const PRUNED_EVERY_MS = 3_600_000;

/**
 * The most ended sign-ins. Above it those that expire last are dropped. Anybody can create guests' sign-ins, which last
 * half a year, but they must not displace those of admins and of a provider's users, which end within a day.
 */
const MOST_KEPT = 100_000;

/** The most keys that the platform reads or deletes at once. */
const BATCH = 128;

/**
 * Sign-ins of the app that have ended before their cookies expire (SE5), each with that expiry. All processes of the
 * app ask here, so that a copy of a cookie is refused everywhere, also after restarts.
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

  /** Stores that a sign-in has ended. `untilAt` is when its cookie expires. */
  async end(id: string, untilAt: number, now: number): Promise<void> {
    if (untilAt <= now) return;
    this.#storage.put(PREFIX + id, untilAt);
    this.#added += 1;
    if (now - this.#prunedAt >= PRUNED_EVERY_MS || this.#added > this.#most / 10) await this.#prune(now);
    // A crash must not restore the sign-in. If nothing can be written, memory has to be enough (OP3).
    await this.#storage.settled().catch(() => {});
  }

  /**
   * Returns those of the ids, at most 128, whose sign-in has ended. While the storage cannot be read, it knows only the
   * latest ones, because otherwise nobody could enter (OP3).
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
