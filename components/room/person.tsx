"use client";

import { clsx } from "clsx";
import type { UserView } from "../../core/terms";
import { Avatar } from "../avatar/avatar";
import { StatusMessage } from "../status/status-message";
import { dotOf, statusWord } from "../status/status-words";
import { TimeAgo } from "../time/time-text";

/** One person in a list of people: face, status, name and message, and when they were last seen if they are not here. */
export function Person({ user, self }: { user: UserView; self: boolean }) {
  return (
    <li
      className="flex h-11 animate-appear items-center gap-3 rounded-lg px-2"
      data-user={user.id}
      data-status={user.status}
      data-dnd={user.dnd}
    >
      <Avatar profile={user} size={28} status={dotOf(user)} />
      <span className="min-w-0 flex-1">
        <span className={clsx("block truncate leading-5", user.status === "offline" && "text-muted")}>
          {user.name}
          {self && <span className="text-muted"> (you)</span>}
          {user.dnd && <span className="sr-only"> {statusWord("dnd").toLowerCase()}</span>}
        </span>
        {user.message && <StatusMessage message={user.message} className="text-[13px]/[18px] text-muted" />}
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
