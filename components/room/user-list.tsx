"use client";

import { useId, useState, type ReactNode } from "react";
import { useConnectionStatus, useOwnPresence } from "../../client/react/react";
import { useUserGroups } from "../../client/react/use-user-groups";
import { STATUSES } from "../../core/shared/statuses";
import type { Status, User } from "../../core/shared/terms";
import { StaleNote } from "../connection/stale-note";
import { statusWord } from "../status/status-words";
import { LargeUserList } from "./large-user-list";
import { Person } from "./person";
import { UserListSkeleton } from "./user-list-skeleton";

/** The props of `UserList`. */
export interface UserListProps {
  /** The heading above the list; «Who is here» by default. */
  readonly title?: string;
  /**
   * What each row ends with, such as a button. Not called in rooms too large to be sent whole. Keep the function the
   * same between renders (`useCallback`), or every row renders again.
   */
  readonly renderAction?: (user: User) => ReactNode;
}

/**
 * The users of the provider's room, grouped by status; offline users with when they were last seen. A change of one
 * user renders one row. While disconnected the list dims and says how old it is (SY6). A room too large to be sent
 * whole is shown in pages, with a search (VW2).
 * @throws {Error} outside a provider.
 */
export function UserList({ title = "Who is here", renderAction }: UserListProps) {
  const { mode, synced, stale, asOfAt } = useConnectionStatus();
  const selfId = useOwnPresence().user?.id ?? null;
  if (!synced) return <UserListSkeleton />;
  return (
    <div className={`rollcall-user-list${stale ? " rollcall-stale" : ""}`} data-stale={stale}>
      <div className="rollcall-list-head">
        <h2>{title}</h2>
        {stale && asOfAt !== null && <StaleNote asOfAt={asOfAt} />}
      </div>
      {mode === "pages" ? (
        <LargeUserList selfId={selfId} />
      ) : (
        <Groups selfId={selfId} renderAction={renderAction} />
      )}
    </div>
  );
}

interface GroupsProps {
  readonly selfId: string | null;
  readonly renderAction: UserListProps["renderAction"] | undefined;
}

function Groups(props: GroupsProps) {
  const groups = useUserGroups();
  return STATUSES.map(
    (status) =>
      groups[status].length > 0 && <Group key={status} status={status} ids={groups[status]} {...props} />,
  );
}

/** How many rows a group shows at first, and how many more on request. Few are offline: people look for who is here. */
const AT_FIRST: Readonly<Record<Status, number>> = { online: 200, away: 60, offline: 10 };
const MORE = 600;

interface GroupProps extends GroupsProps {
  readonly status: Status;
  readonly ids: readonly string[];
}

function Group({ status, ids, selfId, renderAction }: GroupProps) {
  const [shown, setShown] = useState(AT_FIRST[status]);
  const headingId = useId();
  const more = ids.length - shown;
  return (
    <section aria-labelledby={headingId}>
      <h3 id={headingId}>
        {statusWord(status)} <span>{ids.length}</span>
      </h3>
      <ul>
        {ids.slice(0, shown).map((id) => (
          <Person key={id} id={id} self={id === selfId} renderAction={renderAction} />
        ))}
      </ul>
      {more > 0 && (
        <button type="button" className="rollcall-button" onClick={() => setShown(shown + MORE)}>
          Show {Math.min(more, MORE)} more
        </button>
      )}
    </section>
  );
}
