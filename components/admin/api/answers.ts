import type { AdminUser, ConnectionView, Status } from "../../../core/shared/terms";
import type { Gap, Point } from "../../../core/shared/terms";

/** A room in the directory. A room that did not answer in time has no figures. */
export type RoomSummary =
  | { readonly room: string; readonly answers: false }
  | {
      readonly room: string;
      readonly answers: true;
      readonly online: number;
      readonly away: number;
      readonly offline: number;
      readonly connections: number;
      readonly suspects: number;
      readonly peakToday: { readonly online: number; readonly at: number } | null;
      readonly lastActivityAt: number | null;
      readonly storageFault: StorageFault | null;
    };

/** Why a room works without its storage (OP3). */
export interface StorageFault {
  readonly sinceAt: number;
  /** Whether the stored data could not be read yet. */
  readonly unread: boolean;
  readonly unwritten: number;
}

/** A page of the directory. */
export interface RoomList {
  readonly now: number;
  readonly total: number;
  readonly rooms: readonly RoomSummary[];
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
  readonly initial: Status | null;
  readonly changes: readonly {
    readonly at: number;
    readonly was: Status;
    readonly status: Status;
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

/** The number of values at or below each bound. */
interface Histogram {
  readonly counts: readonly number[];
  readonly count: number;
}

/** A room's figures about its own work (HB9). */
export interface RoomStats {
  readonly now: number;
  readonly connections: number;
  readonly suspects: number;
  readonly webhooksWaiting: number;
  readonly storageFault: StorageFault | null;
  readonly stats: {
    readonly connects: number;
    readonly messagesIn: number;
    readonly framesOut: number;
    readonly falseOfflines: number;
    readonly webhooks: {
      readonly delivered: number;
      readonly refused: number;
      readonly dropped: number;
    };
    readonly silence: Histogram;
    readonly flushSize: Histogram;
  };
  readonly bounds: { readonly silence: readonly number[]; readonly flushSize: readonly number[] };
}
