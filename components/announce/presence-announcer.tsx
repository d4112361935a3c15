"use client";

import { useEffect, useRef, useState } from "react";
import type { PresenceClient } from "../../client/client/presence-client";
import { usePresenceClient } from "../../client/react/react";
import { summarizeChanges, type Seen } from "./summarize-changes";

/** Changes of this time are announced in one sentence. */
const GATHER_MS = 4_000;

interface PresenceAnnouncerProps {
  /** The reader. Their own changes are not announced. */
  readonly selfId: string | null;
  /** False before the first roster and while it is stale. */
  readonly live: boolean;
}

/** Announces to screen readers who came and went, politely and in one sentence. */
export function PresenceAnnouncer({ selfId, live }: PresenceAnnouncerProps) {
  const client = usePresenceClient();
  const [text, setText] = useState("");
  const announced = useRef<Seen | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    if (!live) return;
    // Users of the first roster are on the page already. Only later changes are announced.
    announced.current ??= seenBy(client);
    function announceSoon(): void {
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        const seen = seenBy(client);
        const summary = summarizeChanges(announced.current ?? seen, seen, selfId);
        announced.current = seen;
        if (summary) setText(summary);
      }, GATHER_MS);
    }
    announceSoon();
    return client.subscribeChanges(announceSoon);
  }, [client, selfId, live]);

  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );

  return (
    <p role="status" className="sr-only" data-announcer>
      {text}
    </p>
  );
}

function seenBy(client: PresenceClient): Seen {
  return new Map(client.getSnapshot().users.map((user) => [user.id, user]));
}
