"use client";

import { useDeferredValue, useState } from "react";
import { usePresence } from "../../client/react/react";
import { useRosterPage } from "../../client/react/use-roster-page";
import { STATUSES } from "../../core/shared/statuses";
import { FIRST_PAGE } from "../../core/shared/page-query";
import { formatCount } from "../time/format-time";
import { useConventions } from "../time/use-time";
import { statusWord } from "../status/status-words";
import { Person } from "./person";

const ROWS = 50;

interface LargeUserListProps {
  readonly selfId: string | null;
}

/** The users of a large room: counts by status, and pages of rows that the server finds (VW2). */
export function LargeUserList({ selfId }: LargeUserListProps) {
  const { counts } = usePresence();
  const conventions = useConventions();
  const [text, setText] = useState("");
  const [offset, setOffset] = useState(0);
  const query = useDeferredValue(text.trim());
  const { rows, total, loading } = useRosterPage({
    ...FIRST_PAGE,
    ...(query && { query }),
    offset,
    limit: ROWS,
  });

  const inWords = (count: number): string => formatCount(count, conventions);

  function search(next: string): void {
    setText(next);
    setOffset(0);
  }

  return (
    <div className="rollcall-large-list">
      <p className="rollcall-muted">
        {STATUSES.map((status) => `${inWords(counts[status])} ${statusWord(status).toLowerCase()}`).join(
          ", ",
        )}
      </p>
      <input
        type="search"
        className="rollcall-field"
        aria-label="Search by name"
        placeholder="Search"
        value={text}
        onChange={(event) => search(event.target.value)}
      />
      <ul aria-busy={loading}>
        {rows.map((user) => (
          <Person key={user.id} id={user.id} self={user.id === selfId} />
        ))}
      </ul>
      {total === 0 && (
        <p className="rollcall-muted">
          Nobody&apos;s name contains «<bdi>{query}</bdi>».
        </p>
      )}
      {total !== null && total > ROWS && (
        <nav aria-label="Pages" className="rollcall-pages">
          <button
            type="button"
            className="rollcall-button"
            disabled={offset === 0}
            onClick={() => setOffset(Math.max(0, offset - ROWS))}
          >
            Previous
          </button>
          <span>
            {inWords(offset + 1)} to {inWords(Math.min(offset + ROWS, total))} of {inWords(total)}
          </span>
          <button
            type="button"
            className="rollcall-button"
            disabled={offset + ROWS >= total}
            onClick={() => setOffset(offset + ROWS)}
          >
            Next
          </button>
        </nav>
      )}
    </div>
  );
}
