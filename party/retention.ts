import type * as Party from "partykit/server";
import { isAddressable } from "../core/names";
import type { Room } from "../core/room";
import { lastSeenAt } from "../core/status";
import type { History } from "./history";
import type { Settings } from "./settings";

const DAY_MS = 24 * 3_600_000;
const PRUNED_KEY = "prunedAt";

/**
 * The users who have not been seen for so long that they are to be forgotten (DB3), and those whom an earlier version
 * let in under an id that no URL can name, so that nobody could erase them (NM2).
 */
export function usersToForget(
  room: Room,
  { retentionDays }: Pick<Settings, "retentionDays">,
  now: number,
): string[] {
  const unseenSince = now - retentionDays * DAY_MS;
  const ids: string[] = [];
  for (const [id, user] of room.users) {
    const isUnseen = user.status === "offline" && lastSeenAt(user) < unseenSince;
    if (isUnseen || !isAddressable(id)) ids.push(id);
  }
  return ids;
}

/** Prunes the history by age, once a day at most (DB3). A sleeping room does it when it next wakes. */
export async function pruneHistory(
  storage: Party.Storage,
  history: History,
  { historyDays }: Pick<Settings, "historyDays">,
  now: number,
): Promise<void> {
  const prunedAt = (await storage.get<number>(PRUNED_KEY)) ?? 0;
  if (now - prunedAt < DAY_MS) return;
  await storage.put(PRUNED_KEY, now);
  await history.prune(now - historyDays * DAY_MS);
}
