"use client";

import { useRouter } from "next/navigation";
import { useEffect, useMemo, useRef } from "react";

export interface SessionRefresh {
  /** Shows this page anew as the server now knows its reader. */
  readonly here: () => void;
  /** The same in the browser's other tabs. */
  readonly elsewhere: () => void;
}

/** What to call after signing in or out, so that every tab knows. */
export function useSessionRefresh(kind: "guest" | "admin"): SessionRefresh {
  const router = useRouter();
  const otherTabs = useRef<BroadcastChannel | null>(null);

  useEffect(() => {
    const channel = new BroadcastChannel(`rollcall-${kind}-session`);
    channel.onmessage = () => router.refresh();
    otherTabs.current = channel;
    return () => {
      channel.close();
      otherTabs.current = null;
    };
  }, [kind, router]);

  return useMemo(
    () => ({ here: () => router.refresh(), elsewhere: () => otherTabs.current?.postMessage("changed") }),
    [router],
  );
}
