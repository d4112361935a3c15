"use client";

import { Count } from "../time/time-text";
import { DeleteRoom } from "./delete-room";
import { RoomFigures } from "./room-figures";

interface RosterFooterProps {
  readonly room: string;
  readonly shown: number;
  readonly total: number;
  /** Whether rows are held in old places. */
  readonly holding: boolean;
}

/** The number of rows, and the room's figures. */
export function RosterFooter({ room, shown, total, holding }: RosterFooterProps) {
  return (
    <div className="flex h-9 shrink-0 items-center justify-between gap-3 border-t border-line px-3 text-xs text-muted tabular-nums sm:px-4">
      <span className="whitespace-nowrap">
        {shown !== total && (
          <>
            <Count value={shown} /> of{" "}
          </>
        )}
        <Count value={total} /> {total === 1 ? "person" : "people"}
      </span>
      {holding && <span className="truncate max-sm:hidden">Order held while you are in the list</span>}
      <span className="flex items-center gap-2">
        <DeleteRoom room={room} />
        <RoomFigures room={room} />
      </span>
    </div>
  );
}
