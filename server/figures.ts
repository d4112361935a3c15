import type { RoomSummary, Stats, StorageFault } from "../core/shared/api-answers";
import type { Room } from "../core/room/room";
import { countByStatus } from "../core/shared/roster-query";
import { suspectAt } from "../core/room/status";

/** A room's figures, for admins (HB9). */
export interface Figures {
  readonly users: number;
  readonly online: number;
  readonly away: number;
  readonly offline: number;
  readonly connections: number;
  readonly suspects: number;
  readonly webhooksWaiting: number;
  readonly wokenAt: number;
  readonly alarmAt: number | null;
  /** The fault of its storage; null if it works (OP3). */
  readonly storageFault: StorageFault | null;
  readonly stats: Stats;
}

/** Counts a room. Scans the whole room. */
export function figuresOf(
  room: Room,
  rest: Pick<Figures, "webhooksWaiting" | "wokenAt" | "alarmAt" | "storageFault" | "stats">,
): Figures {
  let suspects = 0;
  for (const connection of room.connections.values()) if (suspectAt(connection) !== null) suspects += 1;
  const counts = countByStatus(room.users.values());
  return { ...rest, ...counts, users: room.users.size, connections: room.connections.size, suspects };
}

/** The part of the figures that a room's summary has. */
export function summaryOf(figures: Figures, now: number): RoomSummary {
  const { stats, webhooksWaiting: _, ...summary } = figures;
  const { peak } = stats;
  // Both are in wall time, which may have been set back since (TM2).
  const lastActivityAt = stats.lastActivityAt === null ? null : Math.min(stats.lastActivityAt, now);
  const today = new Date(now).toISOString().slice(0, 10);
  const peakToday =
    peak.day === today ? { online: Math.max(peak.online, figures.online), at: Math.min(peak.at, now) } : null;
  return { ...summary, now, peakToday, lastActivityAt };
}
