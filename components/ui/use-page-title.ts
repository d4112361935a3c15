"use client";

import { useEffect } from "react";
import { useRoomSummary } from "../../client/react/use-room-summary";

/** Shows in the page's title how many are online: «(82) design · Rollcall». */
export function usePageTitle(room: string): void {
  const online = useRoomSummary()?.online;
  useEffect(() => {
    if (online !== undefined) document.title = `(${online}) ${room} · Rollcall`;
  }, [online, room]);
}
