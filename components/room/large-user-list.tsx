"use client";

import { useDeferredValue, useState } from "react";
import { useRosterPage } from "../../client/use-roster-page";
import { FIRST_PAGE } from "../../core/page-query";
import type { Counts } from "../../core/roster";
import { statusWord, STATUSES } from "../status/status-words";
import { SECONDARY_BUTTON } from "../ui/classes";
import { SearchBox } from "../ui/search-box";
import { Person } from "./person";

const ROWS = 50;

interface LargeUserListProps {
  readonly counts: Counts;
  readonly selfId: string | null;
}

/** Who is in a room of thousands: how many of each status, and rows that the server finds, page by page (VW2). */
export function LargeUserList({ counts, selfId }: LargeUserListProps) {
  const [text, setText] = useState("");
  const [offset, setOffset] = useState(0);
  const query = useDeferredValue(text.trim());
  const { rows, total, loading } = useRosterPage({
    ...FIRST_PAGE,
    ...(query && { query }),
    offset,
    limit: ROWS,
  });

  function search(next: string): void {
    setText(next);
    setOffset(0);
  }

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <p className="text-[13px] text-muted tabular-nums">
        {STATUSES.map(
          (status) => `${counts[status].toLocaleString()} ${statusWord(status).toLowerCase()}`,
        ).join(", ")}
      </p>
      <div className="flex max-w-sm">
        <SearchBox label="Search by name" value={text} onChange={search} />
      </div>
      <ul className="-mx-2" aria-busy={loading}>
        {rows.map((user) => (
          <Person key={user.id} user={user} self={user.id === selfId} />
        ))}
      </ul>
      {total === 0 && <p className="text-muted">Nobody&apos;s name contains «{query}».</p>}
      {total !== null && total > ROWS && (
        <nav aria-label="Pages" className="flex items-center gap-3 text-[13px] text-muted tabular-nums">
          <button
            type="button"
            className={SECONDARY_BUTTON}
            disabled={offset === 0}
            onClick={() => setOffset(Math.max(0, offset - ROWS))}
          >
            Previous
          </button>
          <span>
            {(offset + 1).toLocaleString()} to {Math.min(offset + ROWS, total).toLocaleString()} of{" "}
            {total.toLocaleString()}
          </span>
          <button
            type="button"
            className={SECONDARY_BUTTON}
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
