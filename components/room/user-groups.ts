import { selectUsers } from "../../core/shared/roster-query";
import type { Status, UserView } from "../../core/shared/terms";
import { STATUSES } from "../status/status-words";

/** People of one status, in the order in which they are shown. */
export interface UserGroup {
  readonly status: Status;
  readonly users: readonly UserView[];
}

/** People by status: those who are here by name, those who are not by when they were last seen. */
export function groupUsers(users: readonly UserView[]): readonly UserGroup[] {
  return STATUSES.map((status) => ({
    status,
    users: selectUsers(users, {
      status,
      sort: status === "offline" ? "lastSeen" : "name",
      descending: status === "offline",
    }),
  }));
}
