"use client";

import { useEffect, useRef, useState } from "react";
import type { UserView } from "../../core/shared/terms";
import { summarizeChanges, type Seen } from "./summarize-changes";

/** Changes are gathered for this long and told in one sentence. */
const GATHER_MS = 4_000;

interface PresenceAnnouncerProps {
  readonly users: readonly UserView[];
  /** Their own changes are no news to the reader. */
  readonly selfId: string | null;
  /** False while there is nothing true to tell: before the first roster, and while cut off. */
  readonly live: boolean;
}

/** Tells screen readers, politely and summed up, who came and went. */
export function PresenceAnnouncer({ users, selfId, live }: PresenceAnnouncerProps) {
  const [text, setText] = useState("");
  const latest = useRef({ users, selfId });
  const told = useRef<Seen | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    latest.current = { users, selfId };
    if (!live) return;
    // Who is here at first is on the page; only what follows is news.
    told.current ??= byId(users);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const seen = byId(latest.current.users);
      const summary = summarizeChanges(told.current ?? seen, seen, latest.current.selfId);
      told.current = seen;
      if (summary) setText(summary);
    }, GATHER_MS);
  }, [users, selfId, live]);

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

function byId(users: readonly UserView[]): Seen {
  return new Map(users.map((user) => [user.id, user]));
}
