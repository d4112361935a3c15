"use client";

import { useId, useMemo, useState, type ReactNode } from "react";
import { usePresence } from "../../client/react/react";
import type { Counts } from "../../core/shared/roster-query";
import type { UserView } from "../../core/shared/terms";
import { StaleNote } from "../connection/stale-note";
import { statusWord } from "../status/status-words";
import { LargeUserList } from "./large-user-list";
import { Person } from "./person";
import { groupUsers, type UserGroup } from "./user-groups";
import { UserListSkeleton } from "./user-list-skeleton";

/** What `UserList` takes. */
export interface UserListProps {
  /** The heading above the people; «Who is here» unless given. */
  readonly title?: string;
  /** What stands at the end of each person's line, such as a button; not in rooms too large to be sent whole. */
  readonly renderAction?: (user: UserView) => ReactNode;
}

/**
 * Who is in the provider's room: people grouped online, away and offline, the last with when they were last seen.
 * While cut off it dims and says as of when it is true (SY6). A room too large to be sent whole is shown by pages,
 * with a search (VW2).
 * @throws {Error} outside a provider.
 */
export function UserList({ title = "Who is here", renderAction }: UserListProps) {
  const { users, counts, mode, self, synced, stale, asOfAt } = usePresence();
  if (!synced) return <UserListSkeleton />;
  return (
    <UserGroups
      title={title}
      users={users}
      large={mode === "pages" ? counts : null}
      selfId={self?.id ?? null}
      stale={stale}
      asOfAt={asOfAt}
      renderAction={renderAction}
    />
  );
}

interface UserGroupsProps {
  readonly title: string;
  readonly users: readonly UserView[];
  /** Of a room that is too large to be sent whole: how many there are, while `users` are some of them (VW2). */
  readonly large: Counts | null;
  readonly selfId: string | null;
  /** The list cannot be renewed: it dims, and says as of when it is true (SY6). */
  readonly stale: boolean;
  readonly asOfAt: number | null;
  readonly renderAction?: UserListProps["renderAction"] | undefined;
}

/** A list of these people, whoever they are. */
export function UserGroups({ title, users, large, selfId, stale, asOfAt, renderAction }: UserGroupsProps) {
  const groups = useMemo(() => groupUsers(users), [users]);
  return (
    <div className={`rollcall-user-list${stale ? " rollcall-stale" : ""}`} data-stale={stale}>
      <div className="rollcall-list-head">
        <h2>{title}</h2>
        {stale && asOfAt !== null && <StaleNote asOfAt={asOfAt} />}
      </div>
      {large ? (
        <LargeUserList counts={large} selfId={selfId} />
      ) : (
        groups.map(
          (group) =>
            group.users.length > 0 && (
              <Group key={group.status} group={group} selfId={selfId} renderAction={renderAction} />
            ),
        )
      )}
    </div>
  );
}

/** So many are shown at first; a room's past is longer than anyone reads. */
const PAGE = 60;

interface GroupProps extends Pick<UserGroupsProps, "selfId" | "renderAction"> {
  readonly group: UserGroup;
}

function Group({ group: { status, users }, selfId, renderAction }: GroupProps) {
  const [shown, setShown] = useState(PAGE);
  const headingId = useId();
  const more = users.length - shown;
  return (
    <section aria-labelledby={headingId}>
      <h3 id={headingId}>
        {statusWord(status)} <span>{users.length}</span>
      </h3>
      <ul>
        {users.slice(0, shown).map((user) => (
          <Person key={user.id} user={user} self={user.id === selfId} renderAction={renderAction} />
        ))}
      </ul>
      {more > 0 && (
        <button type="button" className="rollcall-button" onClick={() => setShown(shown + 10 * PAGE)}>
          Show {Math.min(more, 10 * PAGE)} more
        </button>
      )}
    </section>
  );
}
