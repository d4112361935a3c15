import type { Room } from "../room/room";
import { changedSince, createChangeLog, logChange, type ChangeLog } from "./change-log";
import { countByStatus } from "../shared/roster-query";
import type { User } from "../room/status";
import type { Diff, Missed } from "../shared/diff";
import type { AdminUserView, Audience, Status, UserPatch, UserView } from "../shared/terms";
import { patchOf, VIEWS } from "../room/visibility";

/**
 * What one audience has been told so far, and the numbering of what it is told next (SY4). Since a
 * diff is the difference to what was told, a user who changed twice appears once and one who changed
 * back does not appear at all (SY2), and what an audience may not see can never leak into its diffs.
 */
export interface Feed<View extends UserView = UserView> {
  readonly audience: Audience;
  /** Names the numbering; audiences that are told differently are numbered apart. */
  readonly epoch: string;
  seq: number;
  readonly views: Map<string, View>;
  /** How many of the views have each status. */
  readonly counts: Record<Status, number>;
  readonly log: ChangeLog;
  readonly project: (user: User) => View;
}

/** A feed for members, told everything the room holds at this moment. */
export function createMemberFeed(room: Room, epoch: string, seq: number): Feed<UserView> {
  return createFeed("member", VIEWS.member, room, epoch, seq);
}

/** A feed for members who hide their last seen (PR3), told everything the room holds at this moment. */
export function createPrivateFeed(room: Room, epoch: string, seq: number): Feed<UserView> {
  return createFeed("private", VIEWS.private, room, epoch, seq);
}

/** A feed for admins, told everything the room holds at this moment. */
export function createAdminFeed(room: Room, epoch: string, seq: number): Feed<AdminUserView> {
  return createFeed("admin", VIEWS.admin, room, epoch, seq);
}

function createFeed<View extends UserView>(
  audience: Audience,
  project: Feed<View>["project"],
  room: Room,
  epoch: string,
  seq: number,
): Feed<View> {
  const views = new Map<string, View>();
  for (const [id, user] of room.users) views.set(id, project(user));
  return {
    audience,
    epoch: audience === "member" ? epoch : `${epoch}-${audience}`,
    seq,
    views,
    counts: { ...countByStatus(views.values()) },
    log: createChangeLog(seq),
    project,
  };
}

/**
 * Gathers what has changed for these users since the audience was last told, and counts it as told.
 * Returns null, and uses up no number, when nothing this audience may see has changed.
 */
export function publish<View extends UserView>(
  feed: Feed<View>,
  room: Room,
  touched: Iterable<string>,
): Diff<View> | null {
  const added: View[] = [];
  const changed: UserPatch[] = [];
  const removed: string[] = [];
  for (const id of touched) {
    const user = room.users.get(id);
    const before = feed.views.get(id);
    if (!user) {
      if (!before) continue;
      feed.views.delete(id);
      feed.counts[before.status] -= 1;
      removed.push(id);
      continue;
    }
    const after = feed.project(user);
    const patch = before && patchOf(before, after);
    if (patch === null) continue;
    if (patch) changed.push(patch);
    else added.push(after);
    feed.views.set(id, after);
    if (before) feed.counts[before.status] -= 1;
    feed.counts[after.status] += 1;
  }
  if (added.length + changed.length + removed.length === 0) return null;
  feed.seq += 1;
  const diff = { seq: feed.seq, added, changed, removed };
  logChange(feed.log, feed.seq, idsOf(diff));
  return diff;
}

/** Has the next diff tell all of a user, whatever the audience is thought to know of them. */
export function retell(feed: Feed, userId: string): void {
  const view = feed.views.get(userId);
  if (!view) return;
  feed.views.delete(userId);
  feed.counts[view.status] -= 1;
}

/** Whom a diff concerns, each once. */
export function idsOf({ added, changed, removed }: Diff): string[] {
  return [...added.map(({ id }) => id), ...changed.map(({ id }) => id), ...removed];
}

/** Below this many people a sync is so small that to tell less is not worth an exception. */
const SMALL = 20;

/**
 * What a client missed that knows the feed up to this number of this epoch. Null when the room does not have it
 * any more, and when so many have changed that a sync, which everybody shares, costs less (SY4).
 */
export function missedSince<View extends UserView>(
  feed: Feed<View>,
  from: { readonly epoch: string; readonly seq: number },
): Missed<View> | null {
  if (from.epoch !== feed.epoch) return null;
  const ids = changedSince(feed.log, from.seq);
  if (!ids || ids.size > Math.max(SMALL, feed.views.size / 2)) return null;
  const users: View[] = [];
  const removed: string[] = [];
  for (const id of ids) {
    const view = feed.views.get(id);
    if (view) users.push(view);
    else removed.push(id);
  }
  return { from: from.seq, seq: feed.seq, users, removed };
}
