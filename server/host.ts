import type { Frame } from "../core/wire/frames";
import type { LogEntry } from "./log";

/** Cancels what was scheduled. Does nothing once that has run. */
export type Cancel = () => void;

/** The parties that others ask by HTTP: rooms, and the directory of rooms. */
export type PartyName = "main" | "directory";

/** Which keys to list. `start` is included, `end` is not. */
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
  /** Deletes everything before the rest is written. */
  readonly clear?: boolean;
}

/** A file of keys and values. Its objects are JSON. */
export interface HostFile {
  /** @throws whatever went wrong, as do the others */
  get(keys: readonly string[]): Promise<[key: string, value: unknown][]>;
  list(query: ListQuery): Promise<[key: string, value: unknown][]>;
  /** Resolves once the batch is committed. */
  write(batch: Batch): Promise<void>;
  /** The path of the file, for people. */
  path(): Promise<string>;
}

/**
 * What the rooms of one process share: the environment, the clock, randomness, timers, the log, files and the way to
 * other parties. PartyKit, Durable Objects and the simulation each implement this.
 */
export interface ProcessHost {
  /** The environment variables. */
  readonly env: Readonly<Record<string, unknown>>;
  /** The wall clock, in milliseconds since 1970. */
  now(): number;
  /** A number from 0 up to, but not including, 1. */
  random(): number;
  /** A new UUID. */
  randomId(): string;
  /** Runs something once, `ms` milliseconds from now, in the object that asks for it. */
  after(ms: number, run: () => void): Cancel;
  /** Writes one line to the operator's log: `formatLog` makes its text. */
  log(entry: LogEntry): void;
  /** Sends an HTTP request to another party. `path` follows the room's address. @throws when it does not answer */
  ask(party: PartyName, room: string, path: string, init?: RequestInit): Promise<Response>;
  /** The file of this name. It is created when it is first written. */
  file(name: string): HostFile;
}

/**
 * What one room needs from whatever runs it. PartyKit, Durable Objects and the simulation each implement this.
 */
export interface RoomHost {
  /** Identifies the room, and names its file. */
  readonly id: string;
  /**
   * The room's name, for the log. Null when the host does not know it: PartyKit hides it from a room that an alarm has
   * woken.
   */
  readonly name: string | null;
  /** The sockets that are open: those that survived hibernation, when the room wakes. */
  sockets(): Iterable<HostSocket>;
  /** Sets the room's one alarm for this wall time, in milliseconds since 1970. */
  setAlarm(at: number): void;
  deleteAlarm(): void;
  /** Delivers no event to the room while this runs. */
  blockConcurrencyWhile<Result>(run: () => Promise<Result>): Promise<Result>;
}

/** A client's WebSocket. */
export interface HostSocket {
  /** Unique among the room's sockets. */
  readonly id: string;
  /** Survives hibernation with the socket. At most about 1.9 KB of JSON. */
  attachment: unknown;
  /** @throws when the socket is closed */
  send(frame: Frame): void;
  /** @throws when the socket is closed */
  close(code: number, reason: string): void;
}
