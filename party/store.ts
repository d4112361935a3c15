import type * as Party from "partykit/server";
import type { Proof, UserRecord } from "../core/records";
import type { ClockSegment } from "../core/room-clock";

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
  /** Since when the server has served that was the last to have this room awake. */
  readonly servingSinceAt: number | null;
  /** How the room's clock and the wall clock have differed. */
  readonly clock: readonly ClockSegment[];
}

const USER_PREFIX = "user:";
const PROOF_KEY = "proof";
const NUMBERING_KEY = "numbering";
const SERVING_KEY = "servingSinceAt";
const CLOCK_KEY = "clock";

/** The platform takes at most this many keys in one batch. */
const BATCH_KEYS = 128;

/**
 * Writes are not waited for: they are in the same process as the room, in order, and holding back every
 * frame until the disk has confirmed would cost users more than the last milliseconds before a crash,
 * which the restart grace covers anyway (GR3).
 */
export const UNCONFIRMED = { allowUnconfirmed: true } as const;

/** Reads all that is kept of a room (DB1, DB2). */
export async function load(storage: Party.Storage): Promise<Stored> {
  const [users, proof, numbering, servingSinceAt, clock] = await Promise.all([
    storage.list<UserRecord>({ prefix: USER_PREFIX }),
    storage.get<Proof>(PROOF_KEY),
    storage.get<Numbering>(NUMBERING_KEY),
    storage.get<number>(SERVING_KEY),
    storage.get<ClockSegment[]>(CLOCK_KEY),
  ]);
  return {
    records: [...users.values()],
    proof: proof ?? null,
    numbering: numbering ?? null,
    servingSinceAt: servingSinceAt ?? null,
    clock: clock ?? [],
  };
}

/** Keeps these users' records and the numbering as they are now, and forgets users who are no more (DB1, DB3). */
export function save(
  storage: Party.Storage,
  records: readonly UserRecord[],
  forgotten: readonly string[],
  numbering: Numbering,
): void {
  const entries: [string, unknown][] = records.map((record) => [USER_PREFIX + record.profile.id, record]);
  entries.push([NUMBERING_KEY, numbering]);
  for (let from = 0; from < entries.length; from += BATCH_KEYS) {
    void storage.put(Object.fromEntries(entries.slice(from, from + BATCH_KEYS)), UNCONFIRMED);
  }
  for (const id of forgotten) void storage.delete(USER_PREFIX + id, UNCONFIRMED);
}

/** Keeps a new numbering before anybody is told of it: a room that wakes with the old one would leave a gap (SY4). */
export function saveNumbering(storage: Party.Storage, numbering: Numbering): void {
  void storage.put(NUMBERING_KEY, numbering, UNCONFIRMED);
}

/** Keeps which server has the room: a room that wakes with another one has been through a restart (GR3). */
export function saveServing(storage: Party.Storage, servingSinceAt: number): void {
  void storage.put(SERVING_KEY, servingSinceAt, UNCONFIRMED);
}

/** Keeps how the room's clock and the wall clock have differed (TM2). */
export function saveClock(storage: Party.Storage, segments: readonly ClockSegment[]): void {
  void storage.put(CLOCK_KEY, segments, UNCONFIRMED);
}

/** Keeps the room's proof of life (DB2). */
export function saveProof(storage: Party.Storage, proof: Proof): void {
  void storage.put(PROOF_KEY, proof, UNCONFIRMED);
}
