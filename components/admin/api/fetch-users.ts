import { selectUsers, type RosterQuery } from "../../../core/shared/roster-query";
import type { AdminUser } from "../../../core/shared/terms";
import { askAdmin, roomPath } from "./admin-api";
import type { PersonAnswer } from "../../../core/shared/api-answers";

/** The most users in one response. */
const PAGE = 1_000;

interface UserPage {
  readonly users: readonly PersonAnswer["user"][];
  readonly nextCursor: string | null;
}

/** Fetches all matching users, page by page, in the given order. @throws {Error} that names what went wrong */
export async function fetchUsers(room: string, query: RosterQuery): Promise<AdminUser[]> {
  const users: AdminUser[] = [];
  let cursor: string | null = null;
  do {
    const params = new URLSearchParams({
      limit: String(PAGE),
      ...(query.status && { status: query.status }),
      ...(query.query && { q: query.query }),
      ...(cursor !== null && { cursor }),
    });
    // Each page gives the cursor of the next.
    const answer = await askAdmin<UserPage>(`${roomPath(room, "users")}?${params}`);
    if (!answer.ok) throw new Error(answer.problem);
    users.push(...answer.data.users.map(toView));
    cursor = answer.data.nextCursor;
  } while (cursor !== null);
  return selectUsers(users, query);
}

/** Converts a user of the HTTP API to the socket's form, in which connected users have no last seen. */
export function toView({ lastSeenAt, ...user }: PersonAnswer["user"]): AdminUser {
  return { ...user, lastSeenAt: user.status === "offline" ? lastSeenAt : null };
}
