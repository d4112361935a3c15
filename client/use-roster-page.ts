"use client";

import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import type { PageQuery } from "../core/page-query";
import { selectUsers } from "../core/roster";
import type { UserView } from "../core/terms";
import type { PresenceClient } from "./presence-client";
import { usePresence, usePresenceClient } from "./react";

/** Some rows of a roster. */
export interface RosterPage {
  /** As they are now; those of the question before while `loading`. */
  readonly rows: readonly UserView[];
  /** How many match in all; null before the first answer. */
  readonly total: number | null;
  /** The rows are not yet those that were asked for. */
  readonly loading: boolean;
}

/** Who comes and goes can change who is on a page: the server is asked again this long after it. */
const ASK_AGAIN_MS = 2_000;

interface Answer {
  readonly key: string;
  readonly ids: readonly string[];
  readonly total: number;
}

/**
 * Rows of the roster, filtered and sorted as asked, and kept up to date: from what is known already where the
 * room is sent whole, else from the server (VW2). Use it once in a page: a client reads one page at a time.
 * @throws {Error} outside a provider.
 */
export function useRosterPage(query: PageQuery): RosterPage {
  const client = usePresenceClient();
  const { mode, users, connection, counts } = usePresence();
  const key = JSON.stringify(query);
  const asked = useMemo(() => JSON.parse(key) as PageQuery, [key]);
  const isPaged = mode === "pages";
  const answer = useAnswer(client, isPaged && connection.status === "live", asked, key, counts);
  const whole = useMemo(() => (isPaged ? [] : selectUsers(users, asked)), [isPaged, users, asked]);
  if (!isPaged) {
    const { offset, limit } = asked;
    return { rows: whole.slice(offset, offset + limit), total: whole.length, loading: false };
  }
  const rows = answer ? answer.ids.flatMap((id) => client.getUser(id) ?? []) : users;
  return { rows, total: answer?.total ?? null, loading: answer?.key !== key };
}

/** The server's latest answer; asks when the question changes, when the connection is back, and now and then. */
function useAnswer(
  client: PresenceClient,
  isLive: boolean,
  query: PageQuery,
  key: string,
  counts: unknown,
): Answer | null {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [round, askAgain] = useReducer((count: number) => count + 1, 0);
  const countsKey = JSON.stringify(counts);

  useEffect(() => {
    if (!isLive) return;
    let isWanted = true;
    void client.readPage(query).then(
      ({ users, total }) => {
        if (isWanted) setAnswer({ key, ids: users.map(({ id }) => id), total });
      },
      // Another question was asked, or the client has ended: neither is this page's affair.
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [client, isLive, query, key, round]);

  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    // One that runs already runs on: in a busy room there is always another change.
    timer.current ??= setTimeout(() => {
      timer.current = null;
      askAgain();
    }, ASK_AGAIN_MS);
  }, [countsKey]);
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );

  return answer;
}
