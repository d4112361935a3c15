"use client";

import { clsx } from "clsx";
import { memo } from "react";
import type { AdminUserView } from "../../core/terms";
import { Avatar } from "../avatar/avatar";
import { StatusDot } from "../status/status-dot";
import { statusWord } from "../status/status-words";
import { ExactTime, PlainTimeAgo } from "../time/time-text";
import { useTimeText } from "../time/use-time";
import { Hint } from "../ui/hint";
import { ConnectionList, ConnectionSummary } from "./connection-list";
import { explainReason } from "./explain-reason";

/** The table's columns; a phone shows a row in two lines, and leaves out since when. */
export const ROW_GRID =
  "grid items-center gap-x-4 px-3 sm:px-4 max-md:grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(10rem,2fr)_minmax(7rem,1fr)_minmax(10rem,2fr)_minmax(8rem,1fr)_minmax(8rem,1fr)]";

interface RosterRowProps {
  readonly user: AdminUserView;
  /** Its place among all rows, the header being the first. */
  readonly rowIndex: number;
  /** Pixels from the top of the list, and the row's height. */
  readonly top: number;
  readonly height: number;
  /** The status has just changed: what shows it fades in. */
  readonly fresh: boolean;
}

/** A user in the admin's table. Renders again only when that user has changed or the row has moved. */
export const RosterRow = memo(function RosterRow({ user, rowIndex, top, height, fresh }: RosterRowProps) {
  const { id, name, status, connections, lastSeenAt, sinceAt } = user;
  return (
    <div
      role="row"
      aria-rowindex={rowIndex}
      className={clsx(
        ROW_GRID,
        "absolute inset-x-0 border-b border-line text-[13px] max-md:content-center max-md:gap-y-0.5 md:hover:bg-hover",
      )}
      style={{ height, transform: `translateY(${top}px)` }}
      data-user={id}
      data-status={status}
    >
      <div role="cell" className="flex min-w-0 items-center gap-2.5">
        <Avatar profile={user} size={26} />
        <span className="truncate font-medium">{name}</span>
      </div>
      <div role="cell" className="min-w-0 max-md:order-3 max-md:pl-9">
        <StatusWithReason user={user} fresh={fresh} />
      </div>
      <div
        role="cell"
        className="min-w-0 text-muted max-md:order-4 max-md:max-w-[48vw] max-md:justify-self-end"
      >
        {connections.length > 0 && <Devices user={user} />}
      </div>
      <div role="cell" className="truncate text-muted tabular-nums max-md:order-2 max-md:text-right">
        {lastSeenAt === null ? "now" : <PlainTimeAgo at={lastSeenAt} />}
      </div>
      <div role="cell" className="truncate text-muted tabular-nums max-md:hidden">
        <PlainTimeAgo at={sinceAt} />
      </div>
    </div>
  );
});

function StatusWithReason({ user, fresh }: { user: AdminUserView; fresh: boolean }) {
  return (
    <Hint content={<Reason user={user} />}>
      <button type="button" className="flex items-center gap-2 rounded-sm">
        {/* The key makes a new element of a new status, which fades in. */}
        <span key={user.status} className={clsx("flex items-center gap-2", fresh && "animate-appear")}>
          <StatusDot status={user.status} decorative />
          {statusWord(user.status)}
        </span>
      </button>
    </Hint>
  );
}

function Reason({ user }: { user: AdminUserView }) {
  const reason = useTimeText((now, conventions) => explainReason(user, now, conventions));
  return (
    <>
      {reason}.
      <span className="mt-1 grid text-muted">
        <span>
          Since <ExactTime at={user.sinceAt} />
        </span>
        {user.lastSeenAt !== null && (
          <span>
            Last seen <ExactTime at={user.lastSeenAt} />
          </span>
        )}
      </span>
    </>
  );
}

function Devices({ user: { connections } }: { user: AdminUserView }) {
  return (
    <Hint content={<ConnectionList connections={connections} />}>
      <button type="button" className="max-w-full rounded-sm text-left">
        <ConnectionSummary connections={connections} />
      </button>
    </Hint>
  );
}
