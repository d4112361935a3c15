import type { WallClock } from "./room-clock";
import { lastSeenAt, suspectAt, type Connection, type UserState } from "./status";
import type { AdminUser, Audience, ConnectionView, Role, UserPatch, User } from "../shared/terms";

/*
 * What each audience may know of a user. Every decision about visibility is made here: who is hidden from members,
 * what members are shown of an invisible user, and the view of each audience (PR1, PR2, PR3).
 */

/** Whether the user chose to be shown as offline (PR2). */
export function isInvisible({ choices }: Pick<UserState, "choices">): boolean {
  return choices.availability === "invisible";
}

/** Whether members must not notice a connection: an observer's, or one of an invisible user (PR1, PR2). */
export function isHidden({ observer }: Pick<Connection, "observer">, user: UserState | undefined): boolean {
  return observer || (user !== undefined && isInvisible(user));
}

/** Brings what members are shown up to date. An invisible user stays as they were when they became invisible (PR2). */
export function updateShown(user: UserState, now: number): void {
  const invisible = isInvisible(user);
  const status = invisible ? "offline" : user.status;
  if (invisible) {
    const { hideLastSeen } = user.choices;
    user.cover ??= { profile: user.profile, lastSeenAt: lastSeenAt(user), hideLastSeen };
  } else if (status !== "offline") {
    // A user who stops being invisible while offline keeps the cover until they are seen again.
    user.cover = null;
  }
  if (status !== user.shown.status) user.shown = { status, sinceAt: now };
}

/** The audience of a connection with this role. `user` is its user, if the room knows them (PR1, PR3). */
export function audienceOf(role: Role, user: UserState | undefined): Audience {
  if (role === "admin") return "admin";
  return user?.choices.hideLastSeen ? "private" : "member";
}

/** The view of a user for each audience. */
export const VIEWS = { member: memberView, private: privateView, admin: adminView } as const satisfies Record<
  Audience,
  (user: UserState) => User
>;

/** The view that an audience gets. */
export type ViewOf<Who extends Audience> = ReturnType<(typeof VIEWS)[Who]>;

/** What members may see. An invisible user looks like one who left when they became invisible (PR1, PR2). */
export function memberView(user: UserState): User {
  const { choices, shown, cover } = user;
  const { status, sinceAt } = shown;
  if (status !== "offline") {
    const { message, availability } = choices;
    return { ...user.profile, status, sinceAt, lastSeenAt: null, message, dnd: availability === "dnd" };
  }
  const hidden = cover?.hideLastSeen ?? choices.hideLastSeen;
  return {
    ...(cover?.profile ?? user.profile),
    status,
    // The start of an offline status is nearly the last seen, so it is hidden too (PR3).
    sinceAt: hidden ? null : sinceAt,
    lastSeenAt: hidden ? null : (cover?.lastSeenAt ?? lastSeenAt(user)),
    message: null,
    dnd: false,
  };
}

/** What members may see who hide their own last seen: nobody's last seen (PR3). */
export function privateView(user: UserState): User {
  const view = memberView(user);
  return view.status === "offline" ? { ...view, sinceAt: null, lastSeenAt: null } : view;
}

/** What admins may see: the true status, and the user's choices (PR1, CN4, ST5). */
export function adminView(user: UserState): AdminUser {
  const connections: ConnectionView[] = [];
  for (const connection of user.connections.values()) {
    const { id, device, connectedAt, hiddenAt } = connection;
    connections.push({ id, device, connectedAt, hiddenAt, suspectAt: suspectAt(connection) });
  }
  const { profile, status, sinceAt, reason, choseAt, choices } = user;
  const { availability, availabilityUntilAt, message, hideLastSeen } = choices;
  return {
    ...profile,
    status,
    sinceAt,
    lastSeenAt: status === "offline" ? lastSeenAt(user) : null,
    message,
    dnd: availability === "dnd" && status !== "offline",
    reason,
    connections,
    availability,
    availabilityUntilAt,
    choseAt: choseAt === 0 ? null : choseAt,
    hideLastSeen,
  };
}

/** A view or a patch with its instants in wall time (TM2). Instants of choices are in wall time already. */
export function inWallTime<View extends object>(view: View, clock: WallClock): View {
  if (clock.isWall) return view;
  const translated = withWallTimes(view, clock);
  if ("availabilityUntilAt" in view) translated["availabilityUntilAt"] = view["availabilityUntilAt"];
  for (const [key, value] of Object.entries(translated)) {
    if (key === "reason" && value) translated[key] = withWallTimes(value, clock);
    if (key === "connections")
      translated[key] = (value as object[]).map((connection) => withWallTimes(connection, clock));
  }
  return translated as unknown as View;
}

/** A copy in which all fields whose names end in `At` are wall times. 0 stands for "never" and stays. */
export function withWallTimes(value: object, clock: WallClock): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...value };
  for (const [key, at] of Object.entries(copy))
    if (key.endsWith("At") && typeof at === "number" && at !== 0) copy[key] = clock.wallAt(at);
  return copy;
}

/** The fields in which `after` differs from `before`; null if there are none (SY2). */
export function patchOf(before: User, after: User): UserPatch | null {
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(after) as (keyof AdminUser)[]) {
    const value = (after as AdminUser)[key];
    if (!same((before as AdminUser)[key], value)) patch[key] = value;
  }
  return Object.keys(patch).length === 0 ? null : { id: after.id, ...patch };
}

type Value = AdminUser[keyof AdminUser];

function same(a: Value, b: Value): boolean {
  if (a === b) return true;
  // Reasons, connections and messages are small plain data, each built by one function, so equal values have equal
  // JSON.
  return typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b);
}
