import type { StorageFault } from "../../core/shared/api-answers";
import type { LogEntry } from "../log";
import type { Batch, Cancel, HostFile, ListQuery, ProcessHost } from "../host";
import type { FailingStorages } from "./failing-storages";
import { unavailable } from "../http/params";

export interface Reader {
  /** @throws {Problem} 503 if the storage cannot be read, like `list` */
  get<T>(key: string): Promise<T | undefined>;
  list<T>(query: ListQuery): Promise<Map<string, T>>;
}

/** The storage as the parts of a room use it. */
export interface Storage extends Reader {
  /** Queues values to be written at the end of this turn, in the order of the calls. Never fails. */
  put(key: string, value: unknown): void;
  put(entries: Readonly<Record<string, unknown>>): void;
  delete(keys: string | readonly string[]): void;
}

/** The events that a storage reports to its room. */
export interface StorageEvents {
  /** The storage can be read for the first time, after `open` could not read it. */
  readable(file: Reader): Promise<void>;
  /** The file was given up. The room has to write everything again. */
  lost(): void;
  /** The storage has started to fail, or works again. */
  changed(): void;
}

/** Waits before retries. Short enough to keep the room awake, because only memory holds unwritten data. */
const RETRY_MS = [250, 1_000, 2_000, 5_000] as const;
/** Keys in one request, so that the data of hours does not become one huge message. */
const REQUEST_KEYS = 1_000;
/** A file is given up after this many failures in a row, if another file can be written at the same time. */
const FAILURES_TO_GIVE_UP = 4;
/** How many files of one room may be damaged before the room gives up. */
const MAX_GENERATIONS = 8;
/** Begins a transaction, and leaves the file as it is. */
const NO_CHANGE: Batch = { put: [["trial", 0]], remove: ["trial"] };
/** More than the free space inside a file. */
const TRIAL = "x".repeat(65_536);
/**
 * The storage of one room, or of the directory: a file of the host's. Values wait in memory until they have been
 * written, and are read from there meanwhile. A write that fails is repeated until it succeeds, so that the room
 * outlives its disk (OP3).
 */
export class RoomStorage implements Storage {
  /** Unwritten changes, the latest last. Without a value the key is deleted. */
  readonly #pending = new Map<string, { readonly value?: unknown }>();
  /** How often everything was deleted, and how often in the file. If they differ, the file's content does not count. */
  #clears = 0;
  #clearsWritten = 0;
  #isSending = false;
  #failures = 0;
  #failingSinceAt: number | null = null;
  #isUnread = false;
  #generation = 0;

  constructor(
    /** Names the file. */
    readonly id: string,
    /** The room's name, for the log; null for the directory. */
    readonly roomName: () => string | null,
    readonly server: { readonly host: ProcessHost; readonly failing: FailingStorages },
    readonly events: StorageEvents,
    readonly after: (ms: number, run: () => void) => Cancel = (ms, run) => server.host.after(ms, run),
  ) {}

  /** What is wrong with it; null while all is well. */
  get fault(): StorageFault | null {
    if (this.#failingSinceAt === null) return null;
    return { sinceAt: this.#failingSinceAt, unread: this.#isUnread, unwritten: this.#pending.size };
  }

  /**
   * Reads what the object needs to start. A file that cannot be read, although another one can be written, is damaged:
   * it is left unchanged, and an empty file replaces it. An empty file must also be writable, because a current SQLite
   * reads a truncated file as an empty one.
   * @returns null if nothing can be read now. Then start without it and call `retryLater`; `readable` is called when it can be read
   */
  async open<T>(read: () => Promise<T>, isEmpty: (found: T) => boolean): Promise<T | null> {
    const found = await this.#tryFiles(read, isEmpty);
    if (found !== null) {
      this.server.failing.works(this.id);
      return found.value;
    }
    this.#isUnread = true;
    this.#noteFailure();
    return null;
  }

  async get<T>(key: string): Promise<T | undefined> {
    return (await this.getAll<T>([key])).get(key);
  }

  /** Returns the values of these keys, at most 128. @throws {Problem} 503 if the storage cannot be read */
  async getAll<T>(keys: readonly string[]): Promise<Map<string, T>> {
    const stored = keys.filter((key) => !this.#pending.has(key));
    const found = stored.length === 0 ? [] : await this.#read<T>((file) => file.get(stored));
    return new Map([...found, ...this.owed<T>(keys)]);
  }

  /** Returns the unwritten values of these keys, which are known even if nothing can be read. */
  owed<T>(keys: readonly string[]): [string, T][] {
    return keys.flatMap((key): [string, T][] => {
      const value = this.#pending.get(key)?.value as T | undefined;
      return value === undefined ? [] : [[key, value]];
    });
  }

  async list<T>(query: ListQuery): Promise<Map<string, T>> {
    const pending = [...this.#pending].filter(([key]) => isAskedFor(key, query));
    const found = new Map(
      await this.#read<T>((file) =>
        file.list(query.limit === undefined ? query : { ...query, limit: query.limit + pending.length }),
      ),
    );
    if (pending.length === 0) return found;
    for (const [key, { value }] of pending) {
      if (value === undefined) found.delete(key);
      else found.set(key, value as T);
    }
    const order = query.reverse ? -1 : 1;
    const sorted = [...found].toSorted(([a], [b]) => (a < b ? -order : order));
    return new Map(sorted.slice(0, query.limit));
  }

  put(key: string | Readonly<Record<string, unknown>>, value?: unknown): void {
    for (const [name, each] of typeof key === "string" ? [[key, value] as const] : Object.entries(key))
      this.#owe(name, { value: each });
  }

  delete(keys: string | readonly string[]): void {
    for (const key of typeof keys === "string" ? [keys] : keys) this.#owe(key, {});
  }

  /** Deletes everything. */
  clear(): void {
    this.#pending.clear();
    this.#clears += 1;
    this.#isUnread = false;
    this.#sendUnlessFailing();
  }

  /** Waits until everything is written. @throws {Problem} 503 if that is not possible now */
  async settled(): Promise<void> {
    while (this.#isOwing) {
      if (this.#failingSinceAt !== null)
        throw unavailable("the room's storage cannot be written now; this is written once it can be");
      await this.#written;
    }
  }

  /** Resolves when what was put until now is written, or cannot be written now. Never rejects. */
  get written(): Promise<void> {
    return this.#written;
  }

  #written: Promise<void> = Promise.resolve();

  #owe(key: string, entry: { readonly value?: unknown }): void {
    // Deleted first, so that the latest change is last: a crash between two requests then loses only later changes.
    this.#pending.delete(key);
    this.#pending.set(key, entry);
    this.#sendUnlessFailing();
  }

  #sendUnlessFailing(): void {
    if (!this.#isSending && this.#failingSinceAt === null) this.#send();
  }

  get #isCleared(): boolean {
    return this.#clears > this.#clearsWritten;
  }

  get #isOwing(): boolean {
    return this.#isCleared || this.#pending.size > 0;
  }

  #send(): void {
    this.#isSending = true;
    // After the turn, so that changes of one turn go in one request.
    this.#written = Promise.resolve().then(() => this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    try {
      if (this.#isUnread) await this.#readLate();
      while (this.#isOwing) await this.#sendSome();
      this.#noteSuccess();
    } catch {
      // The runtime has logged the error.
      this.#failures += 1;
      this.#noteFailure();
      if (this.#failures >= FAILURES_TO_GIVE_UP && !this.#isUnread) await this.#giveUpIfDamaged();
      this.retryLater();
    } finally {
      this.#isSending = false;
    }
  }

  async #sendSome(): Promise<void> {
    const batch = [...this.#pending].slice(0, REQUEST_KEYS);
    const clears = this.#clears;
    await this.#file.write({
      clear: this.#isCleared,
      put: batch.flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value] as const])),
      remove: batch.flatMap(([key, { value }]) => (value === undefined ? [key] : [])),
    });
    this.#clearsWritten = clears;
    // Keys that changed in the meantime remain unwritten.
    for (const [key, entry] of batch) if (this.#pending.get(key) === entry) this.#pending.delete(key);
  }

  async #readLate(): Promise<void> {
    const found = await this.#tryFiles(
      () => this.#file.get(["name"]),
      (name) => name.length === 0,
    );
    if (found === null) throw new Error("nothing can be read yet");
    this.#isUnread = false;
    // Unwritten values were made without the file's content, and must not hide it.
    await this.events.readable({
      get: async <T>(key: string) => (await this.#file.get([key]))[0]?.[1] as T | undefined,
      list: async <T>(query: ListQuery) => new Map(await this.#file.list(query)) as Map<string, T>,
    });
  }

  /** Reads from the first readable file; null if no file can be written either. */
  async #tryFiles<T>(read: () => Promise<T>, isEmpty: (found: T) => boolean): Promise<{ value: T } | null> {
    for (let generation = 0; generation < MAX_GENERATIONS; generation++) {
      this.#generation = generation;
      const found = await attempt(read);
      if (found && (!isEmpty(found.value) || (await attempt(() => this.#file.write(NO_CHANGE)))))
        return found;
      if (!(await this.#canWriteElsewhere())) {
        if (found) return found;
        break;
      }
      if (found) {
        await this.#logDamage("cannot be written");
        continue;
      }
      // The disk may have been full a moment ago.
      const again = await attempt(read);
      if (again) return again;
      await this.#logDamage("cannot be read");
    }
    this.#generation = 0;
    return null;
  }

  async #giveUpIfDamaged(): Promise<void> {
    if (this.#generation + 1 >= MAX_GENERATIONS || !(await this.#canWriteElsewhere())) return;
    if (await attempt(() => this.#sendSome())) return;
    await this.#logDamage("cannot be written");
    this.#generation += 1;
    this.#failures = 0;
    this.events.lost();
  }

  /** Whether the next file can be written, and can grow. */
  async #canWriteElsewhere(): Promise<boolean> {
    const next = this.#fileOf(this.#generation + 1);
    const trial = async () => {
      await next.write({ put: [["trial", TRIAL]], remove: [] });
      await next.write({ put: [], remove: ["trial"] });
    };
    return (await attempt(trial)) !== null;
  }

  /** The path of the file, below the state directory. */
  path(): Promise<string> {
    return this.#file.path();
  }

  async #logDamage(problem: string): Promise<void> {
    this.#log(
      "file-damaged",
      `the file ${await this.path()} in the state directory ${problem}, though others can be: it is damaged. ` +
        "It is left as it is, and what it held is not used. A new file takes its place.",
    );
  }

  #noteFailure(): void {
    const now = this.server.host.now();
    if (this.#failingSinceAt === null) {
      this.#failingSinceAt = now;
      const does = this.#isUnread ? "read" : "written";
      this.#log(
        "storage-failing",
        `the storage cannot be ${does}: what should be written waits in memory, and is tried again`,
      );
      this.events.changed();
    }
    this.server.failing.failed(this.id, now);
  }

  /** Tries again later. Call it after a start without what `open` could not read. */
  retryLater(): void {
    this.after(RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 0, () => this.#send());
  }

  #noteSuccess(): void {
    this.#failures = 0;
    if (this.#failingSinceAt === null) return;
    this.#failingSinceAt = null;
    this.server.failing.works(this.id);
    this.#log("storage-recovered", "the storage can be written again, and holds all that was owed");
    this.events.changed();
  }

  #log(event: LogEntry["event"], message: string): void {
    const room = this.roomName();
    this.server.host.log({ event, message, ...(room !== null && { room }) });
  }

  async #read<T>(read: (file: HostFile) => Promise<[string, unknown][]>): Promise<[string, T][]> {
    if (this.#isCleared) return [];
    try {
      return (await read(this.#file)) as [string, T][];
    } catch {
      throw unavailable("the room's storage cannot be read now");
    }
  }

  get #file(): HostFile {
    return this.#fileOf(this.#generation);
  }

  #fileOf(generation: number): HostFile {
    return this.server.host.file(generation === 0 ? this.id : `${this.id}~${generation}`);
  }
}

async function attempt<T>(run: () => Promise<T>): Promise<{ value: T } | null> {
  try {
    return { value: await run() };
  } catch {
    return null;
  }
}

function isAskedFor(key: string, { prefix = "", start = "", end }: ListQuery): boolean {
  return key.startsWith(prefix) && key >= start && (end === undefined || key < end);
}
