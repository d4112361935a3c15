"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect, useMemo, useRef, useTransition } from "react";
import { reportMissing } from "../../client/page/report";

export interface SessionRefresh {
  /** Shows this page anew as the server now knows its reader. */
  readonly here: () => void;
  /** The same in the browser's other tabs. */
  readonly elsewhere: () => void;
  /** `here` was called, and the page is not there yet. */
  readonly pending: boolean;
}

/** What to call after signing in or out, so that every tab knows. */
export function useSessionRefresh(kind: "guest" | "admin"): SessionRefresh {
  const router = useRouter();
  const otherTabs = useRef<BroadcastChannel | null>(null);
  const [pending, startTransition] = useTransition();

  useEffect(() => {
    const channel = openChannel(`rollcall-${kind}-session`);
    if (channel === null) return;
    channel.onmessage = () => router.refresh();
    otherTabs.current = channel;
    return () => {
      channel.close();
      otherTabs.current = null;
    };
  }, [kind, router]);

  const here = useCallback(() => startTransition(() => router.refresh()), [router]);
  const elsewhere = useCallback(() => otherTabs.current?.postMessage("changed"), []);
  return useMemo(() => ({ here, elsewhere, pending }), [here, elsewhere, pending]);
}

/** Null where the browser has none, or forbids it to pages that may keep nothing (BR1). */
function openChannel(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    reportMissing(
      "This browser has no BroadcastChannel: other tabs show a sign-in when they are reloaded. Everything else works.",
    );
    return null;
  }
}
