import { isAddressable } from "../../core/shared/names";
import type { Room } from "../../core/room/room";
import { lastSeenAt, type UserState } from "../../core/room/status";
import type { Settings } from "../settings";

type Retention = Pick<Settings, "retentionDays" | "guestRetentionMs" | "historyDays">;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIN_CLEAN_MS = 1_000;

/**
 * Returns the users whose retention has ended (DB3), and those of earlier versions whose ids no URL can contain, so
 * that nobody could erase them (NM2).
 */
export function usersToForget(room: Room, settings: Retention, now: number): string[] {
  const ids: string[] = [];
  for (const [id, user] of room.users)
    if (now > forgottenAt(user, settings) || !isAddressable(id)) ids.push(id);
  return ids;
}

/** When an absent user is forgotten; Infinity for a connected user. */
function forgottenAt(user: UserState, { retentionDays, guestRetentionMs }: Retention): number {
  if (user.status !== "offline") return Infinity;
  return lastSeenAt(user) + (user.guest ? guestRetentionMs : retentionDays * DAY_MS);
}

/** The instant from which the history is kept (DB3). */
export function historyFromAt({ historyDays }: Retention, now: number): number {
  return now - historyDays * DAY_MS;
}

/** How often a room deletes old data, in milliseconds. An empty room wakes no more often than this. */
export function cleanEveryMs({ guestRetentionMs }: Pick<Retention, "guestRetentionMs">): number {
  return Math.max(MIN_CLEAN_MS, Math.min(HOUR_MS, guestRetentionMs / 4));
}

/**
 * When an empty room has to delete the next user or history entry. The oldest entry began at `historyAt`. Null if it
 * keeps neither.
 */
export function cleanDueAt(
  room: Room,
  historyAt: number | null,
  settings: Retention,
  now: number,
): number | null {
  let earliest = historyAt === null ? Infinity : historyAt + settings.historyDays * DAY_MS;
  for (const user of room.users.values()) earliest = Math.min(earliest, forgottenAt(user, settings));
  if (earliest === Infinity) return null;
  const every = cleanEveryMs(settings);
  return (Math.floor(Math.max(earliest, now) / every) + 1) * every;
}
