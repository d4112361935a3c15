import type { Proof, UserRecord } from "../../core/room/records";
import type { ClockSegment } from "../../core/room/room-clock";
import type { Reader, Storage } from "./room-storage";
import type { Stats } from "../stats";

/** The numbering of the room's diffs, kept so that hibernation does not break it (SY4, HB5). */
export interface Numbering {
  /** Of members, those who hide their last seen among them. */
  readonly epoch: string;
  readonly memberSeq: number;
  readonly privateSeq: number;
  readonly adminEpoch: string;
  readonly adminSeq: number;
}

/** Everything that storage holds of a room when it wakes. */
export interface Stored {
  readonly records: readonly UserRecord[];
  readonly proof: Proof | null;
  readonly numbering: Numbering | null;
  /** The id of the process that was the last to have this room awake. */
  readonly servedBy: string | null;
  /** How the room's clock and the wall clock have differed. */
  readonly clock: readonly ClockSegment[];
  /** The room's name, which the platform does not tell to a room that an alarm has woken; empty before it is known. */
  readonly name: string;
  /** The room's figures; null before the first. */
  readonly stats: Stats | null;
}

const USER_PREFIX = "user:";
const PROOF_KEY = "proof";
const NUMBERING_KEY = "numbering";
const SERVED_BY_KEY = "servedBy";
const CLOCK_KEY = "clock";
const NAME_KEY = "name";
const STATS_KEY = "stats";

/** What storage holds of a room that has never been. */
export const NOTHING_STORED: Stored = {
  records: [],
  proof: null,
  numbering: null,
  servedBy: null,
  clock: [],
  name: "",
  stats: null,
};

/** Reads all that is kept of a room (DB1, DB2). */
export async function load(storage: Reader): Promise<Stored> {
  const [users, proof, numbering, servedBy, clock, name, stats] = await Promise.all([
    storage.list<UserRecord>({ prefix: USER_PREFIX }),
    storage.get<Proof>(PROOF_KEY),
    storage.get<Numbering>(NUMBERING_KEY),
    storage.get<string>(SERVED_BY_KEY),
    storage.get<ClockSegment[]>(CLOCK_KEY),
    storage.get<string>(NAME_KEY),
    storage.get<Stats>(STATS_KEY),
  ]);
  return {
    records: [...users.values()],
    proof: proof ?? null,
    numbering: numbering ?? null,
    servedBy: servedBy ?? null,
    clock: clock ?? [],
    name: name ?? "",
    stats: stats ?? null,
  };
}

/** Keeps these users' records and the numbering as they are now, and forgets users who are no more (DB1, DB3). */
export function save(
  storage: Storage,
  records: readonly UserRecord[],
  forgotten: readonly string[],
  numbering: Numbering,
): void {
  for (const record of records) storage.put(USER_PREFIX + record.profile.id, record);
  storage.put(NUMBERING_KEY, numbering);
  for (const id of forgotten) storage.delete(USER_PREFIX + id);
}

/** Keeps a new numbering before anybody is told of it: a room that wakes with the old one would leave a gap (SY4). */
export function saveNumbering(storage: Storage, numbering: Numbering): void {
  storage.put(NUMBERING_KEY, numbering);
}

/** Keeps which process has the room: a room that wakes in another one has been through a restart (GR3). */
export function saveServedBy(storage: Storage, serverId: string): void {
  storage.put(SERVED_BY_KEY, serverId);
}

/** Keeps how the room's clock and the wall clock have differed (TM2). */
export function saveClock(storage: Storage, segments: readonly ClockSegment[]): void {
  storage.put(CLOCK_KEY, segments);
}

/** Keeps the room's name. */
export function saveName(storage: Storage, name: string): void {
  storage.put(NAME_KEY, name);
}

/** Keeps the room's proof of life (DB2). */
export function saveProof(storage: Storage, proof: Proof): void {
  storage.put(PROOF_KEY, proof);
}

/** Keeps the room's figures (HB9). */
export function saveStats(storage: Storage, stats: Stats): void {
  storage.put(STATS_KEY, stats);
}
