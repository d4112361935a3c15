import type { AdminUser, ConnectionView, Gap, Point, Status, PastReason } from "./terms";

/** The state of a storage that cannot be read or written (OP3). The room works in memory meanwhile. */
export interface StorageFault {
  readonly sinceAt: number;
  /** Whether the stored data could not be read yet. */
  readonly unread: boolean;
  /** Keys that wait to be written. */
  readonly unwritten: number;
}

/** A room as admins see it: counts, and the state of its work. */
export interface RoomSummary {
  readonly now: number;
  readonly users: number;
  readonly online: number;
  readonly away: number;
  readonly offline: number;
  readonly connections: number;
  readonly suspects: number;
  readonly peakToday: { readonly online: number; readonly at: number } | null;
  readonly lastActivityAt: number | null;
  readonly wokenAt: number;
  readonly alarmAt: number | null;
  readonly storageFault: StorageFault | null;
}

/** A room in the directory. A room that did not answer in time has no figures. */
export type ListedRoom =
  | { readonly room: string; readonly answers: false }
  | ({ readonly room: string; readonly answers: true } & RoomSummary);

/** A page of the directory. */
export interface RoomList {
  readonly now: number;
  readonly total: number;
  readonly rooms: readonly ListedRoom[];
  readonly nextCursor: string | null;
  /** The number of all rooms whose storage cannot be read or written now. */
  readonly failingStorages: number;
}

/** A connection with data that is never broadcast: when it was last heard, and its latency (CN4). */
export interface MeasuredConnection extends ConnectionView {
  readonly heardAt: number;
  readonly inputAt: number;
  readonly rttMs: number | null;
}

/** One user with all the evidence (ST5, ST6). */
export interface PersonAnswer {
  readonly now: number;
  readonly user: Omit<AdminUser, "connections" | "lastSeenAt"> & {
    readonly connections: readonly MeasuredConnection[];
    readonly lastSeenAt: number;
    readonly lastActiveAt: number;
  };
}

/** A user's status changes; `initial` held before the first. */
export interface PersonHistory {
  readonly now: number;
  readonly from: number;
  readonly to: number;
  /** When the room first knew the person; null if that was before the server noted it. */
  readonly knownSinceAt: number | null;
  /** Null if unknown, as before the person was known. */
  readonly initial: Status | null;
  readonly changes: readonly {
    readonly at: number;
    readonly was: Status;
    readonly status: Status;
    /** Why; missing for merged changes and those of earlier versions. */
    readonly reason?: PastReason;
    /** How many changes this one stands for, if there were too many to store each of them. */
    readonly merged?: number;
  }[];
  readonly gaps: readonly Gap[];
  readonly truncated: boolean;
}

/** How many users were online and away over time. */
export interface RoomHistory {
  readonly now: number;
  readonly from: number;
  readonly stepMs: number;
  readonly points: readonly Point[];
  readonly gaps: readonly Gap[];
}

/** A histogram in Prometheus' form: the counts at or below each bound, the count of all, and their sum. */
export interface Histogram {
  readonly counts: number[];
  count: number;
  sum: number;
}

/** A room's figures about its work, since it was created. */
export interface Stats {
  connects: number;
  messagesIn: number;
  framesOut: number;
  flushes: number;
  /** Refused messages, by the code of the error. */
  errors: Record<string, number>;
  /** Connections that the server closed, by close code. */
  closes: Record<string, number>;
  falseOfflines: number;
  /**
   * Webhooks: delivered messages; failed attempts, which are repeated; messages that the receiver refused and that were
   * set aside; messages that were dropped because they had waited for too long or were too many.
   */
  readonly webhooks: { delivered: number; failed: number; refused: number; dropped: number };
  readonly silence: Histogram;
  readonly flushSize: Histogram;
  /** The most users online on a day, UTC. */
  peak: { day: string; online: number; at: number };
  /** When a status last changed; null before the first. */
  lastActivityAt: number | null;
}

/** A room's summary with the figures about its work (HB9). `bounds` are those of the histograms. */
export interface RoomStats extends RoomSummary {
  readonly webhooksWaiting: number;
  readonly stats: Stats;
  readonly bounds: { readonly silence: readonly number[]; readonly flushSize: readonly number[] };
}
