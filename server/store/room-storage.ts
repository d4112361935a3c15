import type * as Party from "partykit/server";
import { OBJECTS_DIR, objectId, STORAGE_NAMESPACE } from "../../party/object-id.mjs";
import { unavailable } from "../http/params";

/** What of the keys to read; as in the platform's `list`. */
export interface ListQuery {
  readonly prefix?: string;
  readonly start?: string;
  readonly end?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/** What is written in one transaction. */
export interface Batch {
  readonly put: readonly (readonly [key: string, value: unknown])[];
  readonly remove: readonly string[];
  /** Whether everything is deleted before. */
  readonly clear?: boolean;
}

export interface Reader {
  /** @throws {ProblemError} 503 when the storage cannot be read, as does `list` */
  get<T>(key: string): Promise<T | undefined>;
  list<T>(query: ListQuery): Promise<Map<string, T>>;
}

/** What the parts of a room need of its storage. */
export interface Storage extends Reader {
  /** Takes values to be written at the end of this turn, in the order of the calls. Never fails. */
  put(key: string, value: unknown): void;
  put(entries: Readonly<Record<string, unknown>>): void;
  delete(keys: string | readonly string[]): void;
  setAlarm(at: number): Promise<void>;
  deleteAlarm(): Promise<void>;
}

/** What a room is told of its storage. */
export interface StorageEvents {
  /** The storage can be read for the first time. What it holds has not been seen yet. */
  readable(file: Reader): Promise<void>;
  /** The file was given up: all that the room knows has to be written again. */
  lost(): void;
  /** It has begun to fail, or works again. */
  changed(): void;
}

/** The state of a storage that cannot be read or written. */
export interface StorageFault {
  readonly sinceAt: number;
  /** Whether what it held before is not known yet. */
  readonly unread: boolean;
  /** Keys that wait to be written. */
  readonly unwritten: number;
}

export interface Parties {
  readonly [party: string]:
    | { get(name: string): { fetch(path: string, init: object): Promise<Response> } }
    | undefined;
}

/** Short enough to keep the room in memory, which alone holds what is not written yet. */
const RETRY_MS = [250, 1_000, 2_000, 5_000] as const;
/** Keys in one request, so that what has gathered for hours does not become one huge message. */
const REQUEST_KEYS = 1_000;
/** A file is given up after so many failures in a row, if another file can be written at the same time. */
const FAILURES_TO_GIVE_UP = 4;
/** How many files of one room may be damaged before the room gives up. */
const MAX_GENERATIONS = 8;
/** More than what a file of the runtime's may have in reserve. */
const TRIAL = "x".repeat(65_536);
/** A storage that failed is retried more often than this, so an older report is of a room that is no more. */
const REPORT_MS = 30_000;

/** Storages that fail in this process, by the id of the object whose data they keep, and when each last failed. */
const reports = new Map<string, number>();

/** How many rooms, or the directory, cannot read or write their storage right now. */
export function countFailing(now: number): number {
  return [...reports.values()].filter((at) => Math.abs(now - at) < REPORT_MS).length;
}

/** Seen once by any event with an address, and the same for all: an alarm's event is not shown them by the platform. */
let seenParties: Parties | undefined;

/** Asks the object that owns a file. @throws whatever went wrong; the runtime says no more than «internal error» */
export async function askStorage(
  parties: Parties | undefined,
  name: string,
  operation: "get" | "list" | "write",
  body: unknown,
): Promise<unknown> {
  const object = parties?.["storage"]?.get(name);
  if (!object) throw new Error("there is no storage party");
  const answer = await object.fetch(`/${operation}`, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`the storage answered ${answer.status}`);
  return answer.json();
}

/**
 * The storage of one room, or of the directory: a file that belongs to another object (`storage-object.ts`). What is put
 * waits in memory until it has been written, and is read from there meanwhile; a write that fails is repeated
 * until it succeeds, so that the room outlives its disk (OP3).
 */
export class RoomStorage implements Storage {
  /** What is not yet known to be written, the latest last. No value: the key is deleted. */
  readonly #pending = new Map<string, { readonly value?: unknown }>();
  /** How often everything was deleted, and how often in the file: what it holds until then is no more. */
  #clears = 0;
  #clearsWritten = 0;
  #isSending = false;
  #failures = 0;
  #failingSinceAt: number | null = null;
  #isUnread = false;
  #generation = 0;

  constructor(
    readonly party: Party.Room,
    /** For the log. */
    readonly describe: () => string,
    readonly events: StorageEvents,
    /** Runs something once, so many milliseconds from now. */
    readonly after: (ms: number, run: () => void) => unknown = (ms, run) => setTimeout(run, ms),
  ) {}

  /** What is wrong with it; null while all is well. */
  get fault(): StorageFault | null {
    if (this.#failingSinceAt === null) return null;
    return { sinceAt: this.#failingSinceAt, unread: this.#isUnread, unwritten: this.#pending.size };
  }

  /**
   * Reads what the object needs to begin. A file that cannot be read although another one can be written is damaged: it
   * is left as it is, and an empty one takes its place.
   * @returns null if nothing can be read now: the object begins without, and `readable` is called once it can be, for which `retryLater` has to be called
   */
  async open<T>(read: () => Promise<T>): Promise<T | null> {
    const found = await this.#tryFiles(read);
    if (found !== null) {
      reports.delete(this.party.internalID);
      return found.value;
    }
    this.#isUnread = true;
    this.#noteFailure();
    return null;
  }

  async get<T>(key: string): Promise<T | undefined> {
    return (await this.getAll<T>([key])).get(key);
  }

  /** Those of the keys, at most 128, that there are. @throws {ProblemError} 503 when the storage cannot be read */
  async getAll<T>(keys: readonly string[]): Promise<Map<string, T>> {
    const stored = keys.filter((key) => !this.#pending.has(key));
    const found = stored.length === 0 ? [] : ((await this.#read("get", { keys: stored })) as [string, T][]);
    return new Map([...found, ...this.owed<T>(keys)]);
  }

  /** Those of the keys that wait to be written: known whatever can be read. */
  owed<T>(keys: readonly string[]): [string, T][] {
    return keys.flatMap((key): [string, T][] => {
      const value = this.#pending.get(key)?.value as T | undefined;
      return value === undefined ? [] : [[key, value]];
    });
  }

  async list<T>(query: ListQuery): Promise<Map<string, T>> {
    const pending = [...this.#pending].filter(([key]) => isAskedFor(key, query));
    const limit = query.limit === undefined ? undefined : query.limit + pending.length;
    const found = new Map((await this.#read("list", { ...query, limit })) as [string, T][]);
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

  // The runtime keeps alarms in memory: setting one writes nothing, and works while nothing can be written.

  setAlarm(at: number): Promise<void> {
    return this.party.storage.setAlarm(at, { allowUnconfirmed: true });
  }

  deleteAlarm(): Promise<void> {
    return this.party.storage.deleteAlarm();
  }

  /** Waits until all that was put is written. @throws {ProblemError} 503 when it cannot be */
  async settled(): Promise<void> {
    while (this.#isOwing) {
      if (this.#failingSinceAt !== null)
        throw unavailable("the room's storage cannot be written now; this is written once it can be");
      await this.#sent;
    }
  }

  /** Resolves when the requests that are on their way have been answered. */
  #sent: Promise<void> = Promise.resolve();

  #owe(key: string, entry: { readonly value?: unknown }): void {
    // Deleted first: the latest goes last, and a crash between two requests loses the later one.
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
    // Once the turn is over: what belongs together goes in one request.
    this.#sent = Promise.resolve().then(() => this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    try {
      if (this.#isUnread) await this.#readLate();
      while (this.#isOwing) await this.#sendSome();
      this.#noteSuccess();
    } catch {
      // The runtime has logged what it was.
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
    await this.#ask("write", {
      clear: this.#isCleared,
      put: batch.flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])),
      remove: batch.flatMap(([key, { value }]) => (value === undefined ? [key] : [])),
    });
    this.#clearsWritten = clears;
    // What was put anew meanwhile is still owed.
    for (const [key, entry] of batch) if (this.#pending.get(key) === entry) this.#pending.delete(key);
  }

  async #readLate(): Promise<void> {
    const found = await this.#tryFiles(() => this.#ask("get", { keys: ["name"] }));
    if (found === null) throw new Error("nothing can be read yet");
    this.#isUnread = false;
    // What waits to be written was made without knowing what the file holds, and must not hide it.
    await this.events.readable({
      get: async <T>(key: string) => ((await this.#ask("get", { keys: [key] })) as [string, T][])[0]?.[1],
      list: async <T>(query: ListQuery) => new Map((await this.#ask("list", query)) as [string, T][]),
    });
  }

  /** Reads from the first file that can be read; null if that fails for want of a disk that can be written. */
  async #tryFiles<T>(read: () => Promise<T>): Promise<{ value: T } | null> {
    for (let generation = 0; generation < MAX_GENERATIONS; generation++) {
      this.#generation = generation;
      const found = await attempt(read);
      if (found) return found;
      if (!(await this.#canWriteElsewhere())) break;
      // The disk was full a moment ago, perhaps.
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

  /** Whether the file that would take this one's place can be written, and grow. */
  async #canWriteElsewhere(): Promise<boolean> {
    const next = nameOf(this.party, this.#generation + 1);
    const trial = async () => {
      await askStorage(this.#parties, next, "write", { put: [["trial", TRIAL]], remove: [] });
      await askStorage(this.#parties, next, "write", { put: [], remove: ["trial"] });
    };
    return (await attempt(trial)) !== null;
  }

  /** Which file it is, below the state directory. */
  async file(): Promise<string> {
    const id = await objectId(STORAGE_NAMESPACE, nameOf(this.party, this.#generation));
    return `${OBJECTS_DIR}/${STORAGE_NAMESPACE}/${id}.sqlite`;
  }

  async #logDamage(problem: string): Promise<void> {
    console.error(
      `${this.describe()}: the file ${await this.file()} in the state directory ${problem}, though others can be: it is damaged. ` +
        "It is left as it is, and what it held is not used. A new file takes its place.",
    );
  }

  #noteFailure(): void {
    const now = Date.now();
    if (this.#failingSinceAt === null) {
      this.#failingSinceAt = now;
      const does = this.#isUnread ? "read" : "written";
      console.error(
        `${this.describe()}: its storage cannot be ${does}. It goes on in memory and tries again.`,
      );
      this.events.changed();
    }
    reports.set(this.party.internalID, now);
  }

  /** Tries again after a while. For the object to call once it has begun without what `open` could not read. */
  retryLater(): void {
    this.after(RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 0, () => this.#send());
  }

  #noteSuccess(): void {
    this.#failures = 0;
    if (this.#failingSinceAt === null) return;
    this.#failingSinceAt = null;
    reports.delete(this.party.internalID);
    console.error(`${this.describe()}: its storage can be written again, and holds all that was owed.`);
    this.events.changed();
  }

  async #read(operation: "get" | "list", body: unknown): Promise<unknown> {
    if (this.#isCleared) return [];
    try {
      return await this.#ask(operation, body);
    } catch {
      throw unavailable("the room's storage cannot be read now");
    }
  }

  #ask(operation: "get" | "list" | "write", body: unknown): Promise<unknown> {
    return askStorage(this.#parties, nameOf(this.party, this.#generation), operation, body);
  }

  get #parties(): Parties | undefined {
    try {
      seenParties = this.party.context.parties as unknown as Parties;
    } catch {
      // In an alarm: those seen before are the same.
    }
    return seenParties;
  }
}

/** The name of the object that owns the file. Objects that an alarm wakes are not told their own name, but know their id. */
function nameOf(party: Party.Room, generation: number): string {
  return generation === 0 ? party.internalID : `${party.internalID}~${generation}`;
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
