"use client";

import { HardDrive } from "lucide-react";
import type { ReactNode } from "react";
import { ExactTime } from "../time/time-text";
import { roomPath } from "./api/admin-api";
import type { RoomStats } from "../../core/shared/api-answers";
import { useAsked } from "./api/use-asked";

const ASK_EVERY_MS = 5_000;

/** Shows on a room's page that its storage fails, since when, and the consequences (OP3). */
export function RoomStorageNotice({ room }: { room: string }) {
  const { data } = useAsked<RoomStats>(roomPath(room, "stats"), ASK_EVERY_MS);
  const fault = data?.storageFault;
  if (!fault) return null;
  return (
    <div className="px-3 pt-3 sm:px-6">
      <StorageNotice>
        {fault.unread
          ? "What this room stored before cannot be read, so people of the past are missing. "
          : "What happens in this room cannot be written down. "}
        It goes on in memory and tries again. If the server ends first, everything since{" "}
        <ExactTime at={fault.sinceAt} /> is lost. The server&apos;s log names the cause.
      </StorageNotice>
    </div>
  );
}

/** Shows on the list of rooms how many have a failing storage (OP3). */
export function RoomsStorageNotice({ failing }: { failing: number }) {
  if (failing === 0) return null;
  return (
    <StorageNotice>
      {failing === 1 ? "The storage of one room" : `The storage of ${failing} rooms`} cannot be read or
      written: the disk is full or read-only, or files are damaged. Rooms go on in memory and try again. Do
      not restart the server before there is space: what is not written yet would be lost.
    </StorageNotice>
  );
}

function StorageNotice({ children }: { children: ReactNode }) {
  return (
    <div
      role="status"
      data-testid="storage-notice"
      className="flex items-start gap-3 rounded-lg border border-line px-3 py-2 text-[13px]"
    >
      <HardDrive className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
      <p className="min-w-0 flex-1">{children}</p>
    </div>
  );
}
