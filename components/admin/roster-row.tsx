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
import { ExactTime, PlainTimeAgo } from "../time/time-text";
import { useTimeText } from "../time/use-time";
import { Hint } from "../ui/hint";
import { ConnectionList, ConnectionSummary } from "./connection-list";
import { explainStatus } from "./explain-reason";
import type { ChangeAddress } from "./use-room-address";

/** The table's columns. A phone shows a row on two lines, without "since". */
export const ROW_GRID =
  "grid items-center gap-x-4 px-3 sm:px-4 max-md:grid-cols-[minmax(0,3fr)_minmax(0,2fr)_auto] md:grid-cols-[minmax(9rem,2fr)_minmax(11rem,2fr)_minmax(9rem,2fr)_minmax(7rem,1fr)_minmax(7rem,1fr)]";

interface RosterRowProps {
  readonly user: AdminUser;
  /** Its number among all rows. The header is the first. */
  readonly rowIndex: number;
  /** The distance from the top of the list, and the height, in pixels. */
  readonly top: number;
  readonly height: number;
  /** Whether the status has just changed. Then it fades in. */
  readonly fresh: boolean;
  /** Whether the pointer or the focus is in the table, so that hints can open. */
  readonly armed: boolean;
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
  armed,
  onOpen,
}: Pick<RosterRowProps, "user" | "fresh" | "armed" | "onOpen">) {
  const { id, connections, lastSeenAt, sinceAt } = user;
  return (
    <>
      <div role="cell" className="flex min-w-0 items-center gap-2.5 max-md:col-span-2">
        <Avatar profile={user} size={26} />
        <button
          type="button"
          aria-haspopup="dialog"
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
        <StatusWithReason user={user} fresh={fresh} armed={armed} />
        {user.message && <StatusMessage message={user.message} className="relative min-w-0 text-muted" />}
      </div>
      {/* Devices use the column's width and do not widen it. On a phone the name is above them. */}
      <div
        role="cell"
        className={clsx(
          "min-w-0 text-muted max-md:order-4 max-md:[contain:inline-size]",
          connections.length > 0 && "max-md:col-span-2",
        )}
      >
        {connections.length > 0 && <Devices user={user} armed={armed} />}
      </div>
      <div role="cell" className="truncate text-muted tabular-nums max-md:order-2 max-md:justify-self-end">
        {lastSeenAt === null ? "now" : <PlainTimeAgo at={lastSeenAt} />}
      </div>
      <div role="cell" className="truncate text-muted tabular-nums max-md:hidden">
        <PlainTimeAgo at={sinceAt} />
      </div>
    </>
  );
});

function StatusWithReason({ user, fresh, armed }: Pick<RosterRowProps, "user" | "fresh" | "armed">) {
  return (
    <Hint content={<Reason user={user} />} side="bottom" armed={armed}>
      <button
        type="button"
        data-hint="reason"
        className="relative flex shrink-0 items-center gap-2 rounded-sm"
      >
        {/* The key creates a new element for a new status, which fades in. */}
        <span key={dotOf(user)} className={clsx("flex items-center gap-2", fresh && "animate-appear")}>
          <StatusDot status={dotOf(user)} decorative />
          {statusWord(user.status)}
          {user.dnd && <span className="sr-only">, {statusWord("dnd").toLowerCase()}</span>}
          {user.availability === "invisible" && (
            <Ghost role="img" aria-label="invisible to members" className="size-3.5 text-muted" />
          )}
        </span>
      </button>
    </Hint>
  );
}

function Reason({ user }: { user: AdminUser }) {
  const why = useTimeText((now, conventions) => explainStatus(user, now, conventions));
  return (
    <>
      {why}
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

function Devices({ user: { connections }, armed }: Pick<RosterRowProps, "user" | "armed">) {
  return (
    <Hint content={<ConnectionList connections={connections} />} side="bottom" armed={armed}>
      <button
        type="button"
        data-hint="devices"
        className="relative max-w-full rounded-sm text-left max-md:ml-auto max-md:block"
      >
        <ConnectionSummary connections={connections} />
      </button>
    </Hint>
  );
}
