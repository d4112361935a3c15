import { selectUsers, type RosterQuery } from "../../../core/shared/roster-query";
import type { AdminUserView } from "../../../core/shared/terms";
import { askAdmin, roomPath } from "./admin-api";
import type { PersonAnswer } from "./answers";

/** As many as one answer may hold. */
const PAGE = 1_000;

interface UserPage {
  readonly users: readonly PersonAnswer["user"][];
  readonly nextCursor: string | null;
}

/** Everybody who matches, page by page, in the order asked for. @throws {Error} that says what went wrong. */
export async function fetchUsers(room: string, query: RosterQuery): Promise<AdminUserView[]> {
  const users: AdminUserView[] = [];
  let cursor: string | null = null;
  do {
    const params = new URLSearchParams({
      limit: String(PAGE),
      ...(query.status && { status: query.status }),
      ...(query.query && { q: query.query }),
      ...(cursor !== null && { cursor }),
    });
    // Each page is named by the one before it.
    const answer = await askAdmin<UserPage>(`${roomPath(room, "users")}?${params}`);
    if (!answer.ok) throw new Error(answer.problem);
    users.push(...answer.data.users.map(toView));
    cursor = answer.data.nextCursor;
  } while (cursor !== null);
  return selectUsers(users, query);
}

/** A user of the HTTP API as the socket tells of them: who is there is seen now. */
export function toView({ lastSeenAt, ...user }: PersonAnswer["user"]): AdminUserView {
  return { ...user, lastSeenAt: user.status === "offline" ? lastSeenAt : null };
}
