"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect, useMemo, useRef, useTransition } from "react";
import { reportMissing } from "../../client/page/report";

export interface SessionRefresh {
  /** Refreshes this page with the reader's new sign-in. */
  readonly here: () => void;
  /** Refreshes the browser's other tabs. */
  readonly elsewhere: () => void;
  /** Whether a refresh by `here` is on its way. */
  readonly pending: boolean;
}

/** Functions to call after signing in or out, so that every tab refreshes. */
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

/** Null if the browser has none, or forbids it together with storage (BR1). */
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
