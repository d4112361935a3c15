import { lastSeenAt, suspectAt, type User } from "./status";
import type { AdminUserView, ConnectionView, Reason, UserView } from "./terms";

/** The fields of a view that a diff can carry; `id` names the user and never changes. */
export type UserPatch = Partial<Omit<AdminUserView, "id">> & { readonly id: string };

/** What members may see of a user (PR1). */
export function memberView(user: User): UserView {
  return {
    ...user.profile,
    status: user.status,
    sinceAt: user.sinceAt,
    lastSeenAt: user.status === "offline" ? lastSeenAt(user) : null,
  };
}

/** What admins may see of a user (PR1, CN4, ST5). */
export function adminView(user: User): AdminUserView {
  const connections: ConnectionView[] = [];
  for (const connection of user.connections.values()) {
    const { id, device, connectedAt, hiddenAt } = connection;
    connections.push({ id, device, connectedAt, hiddenAt, suspectAt: suspectAt(connection) });
  }
  return { ...memberView(user), reason: user.reason, connections };
}

/** The fields in which `after` differs from `before`, or null when they are the same (SY2). */
export function patchOf(before: UserView, after: UserView): UserPatch | null {
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(after) as (keyof AdminUserView)[]) {
    const old = (before as AdminUserView)[key];
    const value = (after as AdminUserView)[key];
    if (!same(old, value)) patch[key] = value;
  }
  return Object.keys(patch).length === 0 ? null : { id: after.id, ...patch };
}

function same(a: string | number | null | Reason | readonly ConnectionView[], b: typeof a): boolean {
  if (a === b) return true;
  // Reasons and connections are small plain data, built by one function each: equal text is equal meaning.
  return typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b);
}
