"use client";

import { clsx } from "clsx";
import { Ghost } from "lucide-react";
import { memo } from "react";
import type { AdminUser } from "../../core/shared/terms";
import { Avatar } from "../avatar/avatar";
import { Name } from "../avatar/name";
import { StatusDot } from "../status/status-dot";
import { StatusMessage } from "../status/status-message";
import { dotOf, statusWord } from "../status/status-words";
import { Elapsed, PlainTimeAgo } from "../time/time-text";
import { useTimeText } from "../time/use-time";
import { ConnectionSummary } from "./connection-summary";
import { reasonInShort } from "./explain-reason";
import type { ChangeAddress } from "./use-room-address";

/** The table's columns. A phone shows a row on two lines. */
export const ROW_GRID =
  "grid items-center gap-x-4 px-3 sm:px-4 max-md:grid-cols-[minmax(0,3fr)_minmax(0,2fr)_auto] md:grid-cols-[minmax(8rem,2fr)_minmax(11rem,3fr)_minmax(8rem,2fr)_minmax(6rem,1fr)]";

interface RosterRowProps {
  readonly user: AdminUser;
  /** Its number among all rows. The header is the first. */
  readonly rowIndex: number;
  /** The distance from the top of the list, and the height, in pixels. */
  readonly top: number;
  readonly height: number;
  /** Whether the status has just changed. Then it fades in. */
  readonly fresh: boolean;
  /** Whether the Tab key reaches this row. It reaches one row of the table. */
  readonly isTabStop: boolean;
  /** Whether the person's panel is open. */
  readonly isOpen: boolean;
  readonly onOpen: ChangeAddress;
}

/** The button that opens a person's panel. It shows the name and covers the row. */
export function openButtonOf(userId: string): HTMLElement | null {
  return document.querySelector(`[data-opens="${CSS.escape(userId)}"]`);
}

/** A row of the admin's table. When rows move, their content does not render again. */
export const RosterRow = memo(function RosterRow({ rowIndex, top, height, ...shown }: RosterRowProps) {
  const { id, status } = shown.user;
  return (
    <div
      role="row"
      aria-rowindex={rowIndex}
      className={clsx(
        ROW_GRID,
        "absolute inset-x-0 contain-strict border-b border-line text-[13px] max-md:content-center max-md:gap-y-0.5 md:hover:bg-hover",
        shown.isOpen && "bg-hover",
      )}
      style={{ height, transform: `translateY(${top}px)` }}
      data-user={id}
      data-status={status}
    >
      <Cells {...shown} />
    </div>
  );
});

/** A row's content. Renders again only when its user changes. */
const Cells = memo(function Cells({
  user,
  fresh,
  isTabStop,
  isOpen,
  onOpen,
}: Omit<RosterRowProps, "rowIndex" | "top" | "height">) {
  const { id, connections, lastSeenAt, sinceAt } = user;
  return (
    <>
      <div role="cell" className="flex min-w-0 items-center gap-2.5 max-md:col-span-2">
        <Avatar profile={user} size={26} />
        <button
          type="button"
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          tabIndex={isTabStop ? 0 : -1}
          className="min-w-0 truncate rounded-sm text-left font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:rounded-sm focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          data-opens={id}
          onClick={() => onOpen({ user: id })}
        >
          <Name user={user} />
        </button>
      </div>
      <div
        role="cell"
        className={clsx(
          "flex min-w-0 items-center gap-2 max-md:order-3 max-md:pl-9",
          connections.length === 0 && "max-md:col-span-2",
        )}
      >
        {/* The key creates a new element for a new status, which fades in. */}
        <span
          key={dotOf(user)}
          className={clsx("flex shrink-0 items-center gap-2", fresh && "animate-appear")}
        >
          <StatusDot status={dotOf(user)} size="11px" decorative />
          {statusWord(user.status)}
          {user.dnd && <span className="sr-only">, {statusWord("dnd").toLowerCase()}</span>}
          {user.availability === "invisible" && (
            <Ghost role="img" aria-label="invisible to members" className="size-3.5 text-muted" />
          )}
        </span>
        <span className={clsx("min-w-0 truncate text-muted", user.message && "max-md:hidden")}>
          <Reason user={user} />
        </span>
        {user.message && <StatusMessage message={user.message} className="min-w-0 text-muted" />}
      </div>
      {/* Devices use the column's width and do not widen it. On a phone the name is above them. */}
      <div
        role="cell"
        className={clsx(
          "min-w-0 text-muted max-md:order-4 max-md:[contain:inline-size]",
          connections.length > 0 && "max-md:col-span-2",
        )}
      >
        {connections.length > 0 && (
          <div className="max-w-full max-md:ml-auto max-md:w-fit">
            <ConnectionSummary connections={connections} />
          </div>
        )}
      </div>
      <div role="cell" className="truncate text-muted tabular-nums max-md:order-2 max-md:justify-self-end">
        {lastSeenAt === null ? (
          <>
            for <Elapsed since={sinceAt} />
          </>
        ) : (
          <PlainTimeAgo at={lastSeenAt} />
        )}
      </div>
    </>
  );
});

function Reason({ user }: { user: AdminUser }) {
  return useTimeText((now) => reasonInShort(user, now));
}
