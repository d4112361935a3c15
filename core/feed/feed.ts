import type { Room } from "../room/room";
import { changedSince, createChangeLog, logChange, type ChangeLog } from "./change-log";
import { countByStatus } from "../shared/roster-query";
import type { UserState } from "../room/status";
import type { Diff, Missed } from "../shared/diff";
import type { Audience, Status, UserPatch, User } from "../shared/terms";
import { patchOf, VIEWS, type ViewOf } from "../room/visibility";

/**
 * What one audience has been sent so far, and the number of its latest diff (SY4). A diff is the difference to what was
 * sent. So a user who changed twice appears once, a user who changed back does not appear (SY2), and data that the
 * audience may not see cannot leak into its diffs.
 */
export interface Feed<View extends User = User> {
  readonly audience: Audience;
  /** Names the sequence of diffs. Each audience has its own. */
  readonly epoch: string;
  seq: number;
  readonly views: Map<string, View>;
  /** The views by status. */
  readonly counts: Record<Status, number>;
  readonly log: ChangeLog;
  readonly project: (user: UserState) => View;
}

/** A feed that has sent everything the room holds at this moment. */
export function createFeed<Who extends Audience>(
  audience: Who,
  room: Room,
  epoch: string,
  seq: number,
): Feed<ViewOf<Who>> {
  const project = VIEWS[audience] as (user: UserState) => ViewOf<Who>;
  const views = new Map<string, ViewOf<Who>>();
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
 * Makes the diff of these users since the audience's last diff, and records it as sent. Returns null, and uses no
 * number, when nothing that the audience may see has changed.
 */
export function publish<View extends User>(
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

/** Makes the next diff send the user whole, whatever the audience has been sent before. */
export function resendUser(feed: Feed, userId: string): void {
  const view = feed.views.get(userId);
  if (!view) return;
  feed.views.delete(userId);
  feed.counts[view.status] -= 1;
}

/** The ids of the users in a diff, each once. */
export function idsOf({ added, changed, removed }: Diff): string[] {
  return [...added.map(({ id }) => id), ...changed.map(({ id }) => id), ...removed];
}

/** With this many changed users or fewer a client always gets what it missed, even in a small room. */
const ALWAYS_RESUMED = 20;

/**
 * What a client missed since its resume point. Null when the room no longer has it, and when so many users have changed
 * that a sync, which is encoded once for everybody, costs less (SY4).
 */
export function missedSince<View extends User>(
  feed: Feed<View>,
  from: { readonly epoch: string; readonly seq: number },
): Missed<View> | null {
  if (from.epoch !== feed.epoch) return null;
  const ids = changedSince(feed.log, from.seq);
  if (!ids || ids.size > Math.max(ALWAYS_RESUMED, feed.views.size / 2)) return null;
  const users: View[] = [];
  const removed: string[] = [];
  for (const id of ids) {
    const view = feed.views.get(id);
    if (view) users.push(view);
    else removed.push(id);
  }
  return { from: from.seq, seq: feed.seq, users, removed };
}
