import type { AdminUserView, ConnectionView, Status } from "../../../core/shared/terms";
import type { Gap, Point } from "../../../core/shared/terms";

/** A room in the directory. One that did not answer in time has nothing to tell. */
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

/** Why a room goes on in memory (OP3). */
export interface StorageFault {
  readonly sinceAt: number;
  /** Whether what was stored before is not known yet. */
  readonly unread: boolean;
  readonly unwritten: number;
}

/** A page of the directory. */
export interface RoomList {
  readonly now: number;
  readonly total: number;
  readonly rooms: readonly RoomSummary[];
  /** Rooms, on whatever page, whose storage cannot be read or written now. */
  readonly failingStorages: number;
}

/** A connection with what is never broadcast: when it was last heard, and its round trip (CN4). */
export interface MeasuredConnection extends ConnectionView {
  readonly heardAt: number;
  readonly inputAt: number;
  readonly rttMs: number | null;
}

/** One user with all the evidence (ST5, ST6). */
export interface PersonAnswer {
  readonly now: number;
  readonly user: Omit<AdminUserView, "connections" | "lastSeenAt"> & {
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
    /** How many changes this one and those after it stand for, where they were too many to be kept one by one. */
    readonly merged?: number;
  }[];
  readonly gaps: readonly Gap[];
  readonly truncated: boolean;
}

/** How many were there over time. */
export interface RoomHistory {
  readonly now: number;
  readonly from: number;
  readonly stepMs: number;
  readonly points: readonly Point[];
  readonly gaps: readonly Gap[];
}

/** How many were at most each bound. */
interface Histogram {
  readonly counts: readonly number[];
  readonly count: number;
}

/** What a room counts of its own work (HB9). */
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
