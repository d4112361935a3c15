"use client";

import { useEffect, useState } from "react";
import { usePresenceClient } from "../../client/react/react";
import type { Status } from "../../core/shared/terms";
import { summarizeChanges, type Seen } from "./summarize-changes";

/** Changes of this time are announced in one sentence. */
const GATHER_MS = 4_000;

interface Told {
  readonly name: string;
  readonly status: Status;
}

/**
 * Announces to screen readers who came and went, in one sentence. Unlike PresenceAnnouncer it reads only the users who
 * changed, for large rooms. `live` is false before the first roster and while it is stale.
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

    // Users of the first roster are on the page already. Only later changes are announced.
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
