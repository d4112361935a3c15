import type { Room } from "./presence";
import type { Audience, AdminUserView, UserView } from "./terms";
import { adminView, memberView, patchOf, type UserPatch } from "./views";

/**
 * What one audience has been told so far, and the numbering of what it is told next (SY4). Since a
 * diff is the difference to what was told, a user who changed twice appears once and one who changed
 * back does not appear at all (SY2), and what an audience may not see can never leak into its diffs.
 */
export interface Feed<View extends UserView = UserView> {
  readonly audience: Audience;
  readonly epoch: string;
  seq: number;
  readonly views: Map<string, View>;
  readonly project: (user: Parameters<typeof adminView>[0]) => View;
}

/** What changed since the previous diff: users seen for the first time, changed fields, users forgotten. */
export interface Diff<View extends UserView = UserView> {
  readonly seq: number;
  readonly added: readonly View[];
  readonly changed: readonly UserPatch[];
  readonly removed: readonly string[];
}

/** A feed for members, told everything the room holds at this moment. */
export function createMemberFeed(room: Room, epoch: string, seq: number): Feed<UserView> {
  return createFeed("member", memberView, room, epoch, seq);
}

/** A feed for admins, told everything the room holds at this moment. */
export function createAdminFeed(room: Room, epoch: string, seq: number): Feed<AdminUserView> {
  return createFeed("admin", adminView, room, epoch, seq);
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
  return { audience, epoch, seq, views, project };
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
      if (feed.views.delete(id)) removed.push(id);
      continue;
    }
    const after = feed.project(user);
    if (!before) {
      added.push(after);
      feed.views.set(id, after);
      continue;
    }
    const patch = patchOf(before, after);
    if (!patch) continue;
    changed.push(patch);
    feed.views.set(id, after);
  }
  if (added.length + changed.length + removed.length === 0) return null;
  feed.seq += 1;
  return { seq: feed.seq, added, changed, removed };
}
