import type { Proof, UserRecord } from "../../core/room/records";
import type { ClockSegment } from "../../core/room/room-clock";
import type { Reader, Storage } from "./room-storage";
import type { Stats } from "../../core/shared/api-answers";

/** The numbering of the room's diffs. It is stored so that hibernation does not break it (SY4, HB5). */
export interface Numbering {
  /** The epoch of members, including those who hide when they were last seen. */
  readonly epoch: string;
  readonly memberSeq: number;
  readonly privateSeq: number;
  readonly adminEpoch: string;
  readonly adminSeq: number;
}

/** What storage holds of a room besides its users. Each field is stored under its name. */
export interface RoomRecord {
  /** The room's proof of life (DB2). */
  readonly proof: Proof | null;
  readonly numbering: Numbering | null;
  /** The id of the process that had the room awake last. Another id means a restart (GR3). */
  readonly servedBy: string | null;
  /** How the room's clock and the wall clock have differed (TM2). */
  readonly clock: readonly ClockSegment[];
  /** The room's name. Empty before it is known. The platform hides it from a room that an alarm has woken. */
  readonly name: string;
  /** The room's figures (HB9). */
  readonly stats: Stats | null;
}

/** Everything that storage holds of a room when it wakes. */
export interface Stored extends RoomRecord {
  readonly records: readonly UserRecord[];
}

const USER_PREFIX = "user:";

/** What storage holds of a new room. */
export const NOTHING_STORED: Stored = {
  records: [],
  proof: null,
  numbering: null,
  servedBy: null,
  clock: [],
  name: "",
  stats: null,
};

/** Reads everything that is stored of a room (DB1, DB2). */
export async function load(storage: Reader): Promise<Stored> {
  const { records: _, ...room } = NOTHING_STORED;
  const [users, ...fields] = await Promise.all([
    storage.list<UserRecord>({ prefix: USER_PREFIX }),
    ...Object.entries(room).map(async ([key, initial]) => [key, (await storage.get(key)) ?? initial]),
  ]);
  return { ...(Object.fromEntries(fields) as RoomRecord), records: [...users.values()] };
}

/** Stores these fields. */
export function saveRoom(storage: Storage, fields: Partial<RoomRecord>): void {
  storage.put(fields);
}

/** Stores these users and deletes the forgotten ones (DB1, DB3). */
export function saveUsers(
  storage: Storage,
  records: readonly UserRecord[],
  forgotten: readonly string[],
): void {
  for (const record of records) storage.put(USER_PREFIX + record.profile.id, record);
  storage.delete(forgotten.map((id) => USER_PREFIX + id));
}
