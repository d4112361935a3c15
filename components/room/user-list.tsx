"use client";

import { clsx } from "clsx";
import { useId, useMemo, useState } from "react";
import type { Counts } from "../../core/roster";
import type { UserView } from "../../core/terms";
import { StaleNote } from "../connection/stale-note";
import { statusWord } from "../status/status-words";
import { SECONDARY_BUTTON } from "../ui/classes";
import { LargeUserList } from "./large-user-list";
import { Person } from "./person";
import { groupUsers, type UserGroup } from "./user-groups";

interface UserListProps {
  readonly users: readonly UserView[];
  /** Of a room that is too large to be sent whole: how many there are, while `users` are some of them (VW2). */
  readonly large?: Counts | null;
  readonly selfId: string | null;
  /** The list cannot be renewed: it dims, and says as of when it is true (SY6). */
  readonly stale: boolean;
  readonly asOfAt: number | null;
}

/** Who is here: people grouped online, away and offline, the last with when they were last seen. */
export function UserList({ users, large = null, selfId, stale, asOfAt }: UserListProps) {
  const groups = useMemo(() => groupUsers(users), [users]);
  return (
    <div
      className={clsx(
        "grid grid-cols-[minmax(0,1fr)] gap-6 [--rollcall-surface:var(--canvas)]",
        stale && "rollcall-stale",
      )}
      data-stale={stale}
    >
      <div className="flex items-baseline justify-between gap-3">
        <h2 className="text-base font-semibold tracking-tight">Who is here</h2>
        {stale && asOfAt !== null && <StaleNote asOfAt={asOfAt} />}
      </div>
      {large ? (
        <LargeUserList counts={large} selfId={selfId} />
      ) : (
        groups.map(
          (group) => group.users.length > 0 && <Group key={group.status} group={group} selfId={selfId} />,
        )
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
