import type { Counts } from "../../core/shared/roster-query";
import type { Status, User } from "../../core/shared/terms";
import { statusWord } from "../status/status-words";

/** Offline users who were seen within this time are listed at once, the others on request. */
const RECENT_MS = 3_600_000;

/** A stretch of the list with a heading. `from` is included, `to` is not. */
export interface PeopleGroup {
  readonly key: Status | "recent" | "found" | "new";
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The groups of a list that is sorted by status. In a large room only some rows are known, so the room's counts tell
 * where a status ends; without them (`counts` is null) there is one group.
 */
export function peopleGroups(
  list: { readonly length: number; readonly at: (index: number) => User | undefined },
  counts: Counts | null,
  isWhole: boolean,
  now: number,
): PeopleGroup[] {
  if (counts === null) return group("found", "Found", 0, list.length);
  const online = counts.online;
  const here = online + counts.away;
  let recent = here;
  const isRecent = (user: User | undefined) => now - (user?.lastSeenAt ?? -Infinity) < RECENT_MS;
  if (isWhole) while (recent < list.length && isRecent(list.at(recent))) recent += 1;
  return [
    ...group("online", statusWord("online"), 0, online),
    ...group("away", statusWord("away"), online, here),
    ...group("recent", "Recently here", here, recent),
    ...group("offline", statusWord("offline"), recent, list.length),
  ];
}

/** The groups while the rows are held: newcomers stand at the end. */
export function withNewcomers(groups: readonly PeopleGroup[], length: number): PeopleGroup[] {
  const known = groups.filter(({ key }) => key !== "new");
  const from = known.at(-1)?.to ?? 0;
  return [...known, ...group("new", "Just came", from, length)];
}

function group(key: PeopleGroup["key"], title: string, from: number, to: number): PeopleGroup[] {
  return to > from ? [{ key, title, from, to }] : [];
}
