"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import { addressSearch, keepQuery, readAddress, type RoomAddress } from "./roster-view-state";

/** Changes a part of the page's state. */
export type ChangeAddress = (change: Partial<RoomAddress>) => void;

/** Holds the page's state, and writes it to the address. The address updates too late for typing. */
export function useRoomAddress(): [RoomAddress, ChangeAddress] {
  const params = useSearchParams();
  const pathname = usePathname();
  const [address, setAddress] = useState(() => readAddress(params));

  useEffect(() => {
    const read = () => {
      const next = readAddress(new URLSearchParams(window.location.search));
      setAddress((shown) => keepQuery(shown, next));
    };
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);

  const change = useCallback<ChangeAddress>(
    (part) => {
      const before = readAddress(new URLSearchParams(window.location.search));
      const next = { ...before, ...part };
      setAddress((shown) => keepQuery(shown, next));
      const url = pathname + addressSearch(next);
      // Going back closes a panel, but does not undo every letter of a search.
      if (next.user !== null && before.user === null) window.history.pushState(null, "", url);
      else window.history.replaceState(null, "", url);
    },
    [pathname],
  );
  return [address, change];
}
