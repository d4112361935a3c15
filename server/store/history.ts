import { afterEntry, type HistoryEntry, type Presence, type Transition } from "../../core/room/history";
import type { Gap, PastReason } from "../../core/shared/terms";
import type { Merge } from "../../core/room/history-budget";
import { statusNumber, statusOf } from "../../core/shared/statuses";
import type { Storage } from "./room-storage";
import { timeKey, TimeKeys } from "./time-keys";

/** A stored entry: the counts before it, and its changes as lists, with times relative to the first. */
interface StoredEntry {
  readonly before: readonly [online: number, away: number];
  readonly at: number;
  readonly changes: readonly (readonly [
    userId: string | null,
    afterMs: number,
    was: number,
    status: number,
    /** Null if a reason follows. */
    merged?: number | null,
    reason?: StoredReason,
  ])[];
}

/** The place of the kind in `KINDS`, how long before the change the evidence was, and the missed heartbeats. */
type StoredReason = readonly [kind: number, beforeMs?: number | null, misses?: number];

/** New kinds come last, because entries have their places. */
const KINDS = [
  ...(["active", "chosen", "idle", "grace", "missed", "dropped", "closed"] as const),
  ...(["signedOut", "disconnected", "restart"] as const),
] satisfies PastReason["kind"][];

interface StoredMerge {
  readonly userId: string;
  readonly merge: Merge;
}

const PREFIX = "history:";
const GAP_PREFIX = "gap:";
const MERGE_PREFIX = "merged:";
/** The most changes in an entry. A value has at most 128 KiB, and an id up to 128 characters. */
const MAX_CHANGES = 200;
/** The number of entries in one read, so that a long range does not fill the room's memory. */
const PAGE = 500;
const DELETE_KEYS = 128;

/** The status changes of a room, stored by time (DB3). */
export class History {
  readonly #keys = new TimeKeys(PREFIX);

  constructor(readonly storage: Storage) {}

  /** Stores the changes since the last call, in order. `before` are the counts before the first. */
  append(before: Presence, transitions: readonly Transition[]): void {
    let counts = before;
    for (let from = 0; from < transitions.length; from += MAX_CHANGES) {
      const batch = transitions.slice(from, from + MAX_CHANGES);
      const first = batch[0];
      if (!first) return;
      const changes = batch.map((each): StoredEntry["changes"][number] => {
        const { userId, at, was, status, merged, reason } = each;
        const plain = [userId, at - first.at, statusNumber(was), statusNumber(status)] as const;
        if (reason) return [...plain, merged ?? null, packReason(reason, at)];
        return merged === undefined ? plain : [...plain, merged];
      });
      const entry: StoredEntry = { before: [counts.online, counts.away], at: first.at, changes };
      this.storage.put(this.#keys.next(first.at), entry);
      counts = afterEntry({ before: counts, transitions: batch });
    }
  }

  /** Stores the summary of a user's changes that were too many to store each of them (DB5). */
  keepMerge(userId: string, merge: Merge): void {
    this.storage.put(`${MERGE_PREFIX}${timeKey(merge.toAt)}:${userId}`, { userId, merge });
  }

  /** Returns a user's merges that ended after `from`, in order of time. */
  async merges(userId: string, from: number): Promise<Merge[]> {
    const stored = await this.storage.list<StoredMerge>({
      start: MERGE_PREFIX + timeKey(from),
      end: `${MERGE_PREFIX}~`,
    });
    return [...stored.values()].filter((each) => each.userId === userId).map(({ merge }) => merge);
  }

  /** Stores that the server was down, so that charts show a gap. */
  noteGap({ fromAt, toAt }: Gap): void {
    this.storage.put(GAP_PREFIX + timeKey(fromAt), toAt);
  }

  /** Returns the gaps that overlap the range. */
  async gaps(from: number, to: number): Promise<Gap[]> {
    const stored = await this.storage.list<number>({ prefix: GAP_PREFIX, end: GAP_PREFIX + timeKey(to) });
    const all = [...stored].map(([key, toAt]) => ({ fromAt: Number(key.slice(GAP_PREFIX.length)), toAt }));
    return all.filter(({ toAt }) => toAt > from);
  }

  /** Returns the last entry that begins at or before the instant, or null. */
  async before(at: number): Promise<HistoryEntry | null> {
    const stored = await this.storage.list<StoredEntry>({
      start: PREFIX,
      end: PREFIX + timeKey(at + 1),
      reverse: true,
      limit: 1,
    });
    for (const entry of stored.values()) return toEntry(entry);
    return null;
  }

  /** Returns the entries that begin after `from` and before `to`, in order of time, read page by page. */
  async *between(from: number, to: number): AsyncGenerator<HistoryEntry> {
    for await (const page of this.#pages(PREFIX + timeKey(from + 1), PREFIX + timeKey(to))) {
      for (const [, entry] of page) yield toEntry(entry);
    }
  }

  /** Returns when the oldest entry begins; null without entries. */
  async oldestAt(): Promise<number | null> {
    const first = await this.storage.list<StoredEntry>({ prefix: PREFIX, limit: 1 });
    for (const { at } of first.values()) return at;
    return null;
  }

  /** Deletes entries older than the instant (DB3). */
  async prune(olderThan: number): Promise<void> {
    for (const prefix of [PREFIX, GAP_PREFIX, MERGE_PREFIX]) {
      for (;;) {
        const old = await this.storage.list({
          start: prefix,
          end: prefix + timeKey(olderThan),
          limit: DELETE_KEYS,
        });
        if (old.size === 0) break;
        this.storage.delete([...old.keys()]);
      }
    }
  }

  /** Removes a user's id from all changes. The changes stay, because the counts depend on them (DB3). */
  async erase(userId: string): Promise<void> {
    for await (const page of this.#pages(PREFIX, `${PREFIX}~`)) {
      for (const [key, entry] of page) {
        if (!entry.changes.some(([id]) => id === userId)) continue;
        const changes = entry.changes.map(([id, ...rest]) => [id === userId ? null : id, ...rest]);
        this.storage.put(key, { ...entry, changes });
      }
    }
    await this.#eraseMerges(userId);
  }

  async #eraseMerges(userId: string): Promise<void> {
    const stored = await this.storage.list<StoredMerge>({ prefix: MERGE_PREFIX });
    const keys = [...stored].filter(([, each]) => each.userId === userId).map(([key]) => key);
    for (let from = 0; from < keys.length; from += DELETE_KEYS)
      this.storage.delete(keys.slice(from, from + DELETE_KEYS));
  }

  async *#pages(start: string, end: string): AsyncGenerator<Map<string, StoredEntry>> {
    let from = start;
    for (;;) {
      const page = await this.storage.list<StoredEntry>({ start: from, end, limit: PAGE });
      if (page.size > 0) yield page;
      if (page.size < PAGE) return;
      // The next page begins after the last key of this one.
      from = `${[...page.keys()].at(-1)}\0`;
    }
  }
}

function toEntry({ before: [online, away], at, changes }: StoredEntry): HistoryEntry {
  return {
    before: { online, away },
    transitions: changes.map(([userId, afterMs, was, status, merged, reason]) => ({
      userId,
      at: at + afterMs,
      was: statusOf(was) ?? "offline",
      status: statusOf(status) ?? "offline",
      ...(merged && { merged }),
      ...(reason && { reason: unpackReason(reason, at + afterMs) }),
    })),
  };
}

function packReason({ kind, misses, evidenceAt }: PastReason, at: number): StoredReason {
  const place = KINDS.indexOf(kind);
  const beforeMs = evidenceAt === undefined ? null : at - evidenceAt;
  if (misses !== undefined) return [place, beforeMs, misses];
  return beforeMs === null ? [place] : [place, beforeMs];
}

function unpackReason([place, beforeMs, misses]: StoredReason, at: number): PastReason {
  return {
    kind: KINDS[place] ?? "active",
    ...(misses !== undefined && { misses }),
    ...(typeof beforeMs === "number" && { evidenceAt: at - beforeMs }),
  };
}
