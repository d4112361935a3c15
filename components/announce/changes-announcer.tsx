"use client";

import { useEffect, useState } from "react";
import { usePresenceClient } from "../../client/react/react";
import type { Status } from "../../core/shared/terms";
import { summarizeChanges, type Seen } from "./summarize-changes";

/** Changes are gathered for this long and told in one sentence. */
const GATHER_MS = 4_000;

interface Told {
  readonly name: string;
  readonly status: Status;
}

/**
 * Tells screen readers, politely and summed up, who came and went. Unlike PresenceAnnouncer it looks at those
 * alone who have changed: for large rooms. `live` is false while there is nothing true to tell.
 */
export function ChangesAnnouncer({ live }: { live: boolean }) {
  const client = usePresenceClient();
  const [text, setText] = useState("");

  useEffect(() => {
    if (!live) return;
    const told = new Map<string, Told>();
    const changed = new Map<string, Told | undefined>();
    let timer: ReturnType<typeof setTimeout> | undefined;

    function takeAll(): void {
      told.clear();
      changed.clear();
      for (const { id, name, status } of client.getSnapshot().users) told.set(id, { name, status });
    }

    function tell(): void {
      timer = undefined;
      const before = new Map<string, Told>();
      const after = new Map<string, Told>();
      for (const [id, old] of changed) {
        const now = told.get(id);
        if (old) before.set(id, old);
        if (now) after.set(id, now);
      }
      changed.clear();
      const summary = summarizeChanges(before satisfies Seen, after, null);
      if (summary) setText(summary);
    }

    // Who is here at first is on the page; only what follows is news.
    takeAll();
    const stop = client.subscribeChanges((ids) => {
      if (ids === null) return takeAll();
      for (const id of ids) {
        if (!changed.has(id)) changed.set(id, told.get(id));
        const user = client.getUser(id);
        if (user) told.set(id, { name: user.name, status: user.status });
        else told.delete(id);
      }
      timer ??= setTimeout(tell, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, live]);

  return (
    <p role="status" className="sr-only" data-announcer>
      {text}
    </p>
  );
}
