"use client";

import { clsx } from "clsx";
import { useId, useMemo, useState } from "react";
import type { UserView } from "../../core/terms";
import { Avatar } from "../avatar/avatar";
import { StaleNote } from "../connection/stale-note";
import { statusWord } from "../status/status-words";
import { TimeAgo } from "../time/time-text";
import { SECONDARY_BUTTON } from "../ui/classes";
import { groupUsers, type UserGroup } from "./user-groups";

interface UserListProps {
  readonly users: readonly UserView[];
  readonly selfId: string | null;
  /** The list cannot be renewed: it dims, and says as of when it is true (SY6). */
  readonly stale: boolean;
  readonly asOfAt: number | null;
}

/** Who is here: people grouped online, away and offline, the last with when they were last seen. */
export function UserList({ users, selfId, stale, asOfAt }: UserListProps) {
  const groups = useMemo(() => groupUsers(users), [users]);
  return (
    <div
      className={clsx("grid gap-6 [--rollcall-surface:var(--canvas)]", stale && "rollcall-stale")}
      data-stale={stale}
    >
      <div className="flex items-baseline justify-between gap-3">
        <h2 className="text-base font-semibold tracking-tight">Who is here</h2>
        {stale && asOfAt !== null && <StaleNote asOfAt={asOfAt} />}
      </div>
      {groups.map(
        (group) => group.users.length > 0 && <Group key={group.status} group={group} selfId={selfId} />,
      )}
    </div>
  );
}

/** So many are shown at first; a room's past is longer than anyone reads. */
const PAGE = 60;

function Group({ group: { status, users }, selfId }: { group: UserGroup; selfId: string | null }) {
  const [shown, setShown] = useState(PAGE);
  const headingId = useId();
  const more = users.length - shown;
  return (
    <section aria-labelledby={headingId}>
      <h3 id={headingId} className="mb-1 flex items-baseline gap-2 text-xs font-medium text-muted">
        {statusWord(status)} <span className="font-normal tabular-nums">{users.length}</span>
      </h3>
      <ul className="-mx-2">
        {users.slice(0, shown).map((user) => (
          <Person key={user.id} user={user} self={user.id === selfId} />
        ))}
      </ul>
      {more > 0 && (
        <button
          type="button"
          className={`${SECONDARY_BUTTON} mt-2`}
          onClick={() => setShown(shown + 10 * PAGE)}
        >
          Show {Math.min(more, 10 * PAGE)} more
        </button>
      )}
    </section>
  );
}

function Person({ user, self }: { user: UserView; self: boolean }) {
  return (
    <li
      className="flex h-11 animate-appear items-center gap-3 rounded-lg px-2"
      data-user={user.id}
      data-status={user.status}
    >
      <Avatar profile={user} size={28} status={user.status} />
      <span className={clsx("min-w-0 flex-1 truncate", user.status === "offline" && "text-muted")}>
        {user.name}
        {self && <span className="text-muted"> (you)</span>}
      </span>
      {user.lastSeenAt !== null && (
        <span className="shrink-0 text-[13px] text-muted tabular-nums">
          <span className="sr-only">last seen </span>
          <TimeAgo at={user.lastSeenAt} />
        </span>
      )}
    </li>
  );
}
