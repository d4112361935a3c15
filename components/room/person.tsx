"use client";

import { clsx } from "clsx";
import type { UserView } from "../../core/terms";
import { Avatar } from "../avatar/avatar";
import { TimeAgo } from "../time/time-text";

/** One person in a list of people: face, status, name, and when they were last seen if they are not here. */
export function Person({ user, self }: { user: UserView; self: boolean }) {
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
