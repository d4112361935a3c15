"use client";

import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import { STATUSES } from "../../../core/shared/statuses";
import type { Status } from "../../../core/shared/terms";
import { StatusDot } from "../../status/status-dot";
import { statusWord } from "../../status/status-words";
import { Count, PlainTimeAgo } from "../../time/time-text";
import type { ListedRoom } from "../../../core/shared/api-answers";

const CELL = "px-3 py-2.5 text-right whitespace-nowrap sm:px-4";
const WIDE_CELL = `${CELL} max-md:hidden`;

/** The rooms with their current counts. A phone shows fewer columns. */
export function RoomTable({ rooms }: { rooms: readonly ListedRoom[] }) {
  return (
    <table className="w-full text-[13px] tabular-nums">
      <thead>
        <tr className="border-b border-line text-xs text-muted">
          <th scope="col" className={`${CELL} text-left! font-normal`}>
            Room
          </th>
          {STATUSES.map((status) => (
            <th key={status} scope="col" className={`${status === "offline" ? WIDE_CELL : CELL} font-normal`}>
              {statusWord(status)}
            </th>
          ))}
          <th scope="col" className={`${WIDE_CELL} font-normal`}>
            Connections
          </th>
          <th scope="col" className={`${WIDE_CELL} font-normal`}>
            Peak today
          </th>
          <th scope="col" className={`${CELL} font-normal max-sm:hidden`}>
            Last activity
          </th>
        </tr>
      </thead>
      <tbody>
        {rooms.map((room) => (
          <RoomRow key={room.room} room={room} />
        ))}
      </tbody>
    </table>
  );
}

function RoomRow({ room }: { room: ListedRoom }) {
  return (
    <tr
      className="relative border-b border-line last:border-b-0 hover:bg-hover"
      data-room={room.room}
      data-answers={room.answers}
    >
      <th scope="row" className={`${CELL} w-[56%] max-w-0 text-left! font-medium sm:w-[34%]`}>
        <Link
          href={`/admin/rooms/${room.room}`}
          className="block truncate rounded-sm after:absolute after:inset-0"
        >
          {room.room}
          {room.answers && room.storageFault && (
            <span className="ml-1.5 font-normal text-danger">cannot be written down</span>
          )}
        </Link>
      </th>
      {room.answers ? (
        <>
          <StatusCount status="online" count={room.online} className={CELL} />
          <StatusCount status="away" count={room.away} className={CELL} />
          <StatusCount status="offline" count={room.offline} className={WIDE_CELL} />
          <td className={`${WIDE_CELL} text-muted`}>
            <Count value={room.connections} />
          </td>
          <td className={`${WIDE_CELL} text-muted`}>
            {room.peakToday ? <Count value={room.peakToday.online} /> : "–"}
          </td>
          <td className={`${CELL} text-muted max-sm:hidden`}>
            {room.lastActivityAt === null ? "never" : <PlainTimeAgo at={room.lastActivityAt} />}
          </td>
        </>
      ) : (
        <td colSpan={6} className={CELL}>
          <span className="inline-flex items-center gap-1.5 text-muted">
            <TriangleAlert className="size-3.5 text-away" aria-hidden />
            does not answer
          </span>
        </td>
      )}
    </tr>
  );
}

function StatusCount({ status, count, className }: { status: Status; count: number; className: string }) {
  return (
    <td className={className}>
      <span className={`inline-flex items-center gap-1.5 ${count === 0 ? "text-muted" : ""}`}>
        {count > 0 && <StatusDot status={status} size="9px" decorative />}
        <Count value={count} />
      </span>
    </td>
  );
}
