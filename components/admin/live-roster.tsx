"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useDeferredValue, useMemo } from "react";
import { selectUsers, type Counts, type RosterQuery } from "../../core/roster";
import type { AdminUserView } from "../../core/terms";
import { SECONDARY_BUTTON } from "../ui/classes";
import { RosterTable } from "./roster-table";
import { RosterToolbar } from "./roster-toolbar";
import { readRosterQuery, rosterQueryParams, sortedBy } from "./roster-view-state";

interface LiveRosterProps {
  readonly users: readonly AdminUserView[];
  readonly counts: Counts;
  readonly stale: boolean;
  readonly asOfAt: number | null;
}

/** Filters, search and table, with what they are set to in the address, so that a view can be shared. */
export function LiveRoster({ users, counts, stale, asOfAt }: LiveRosterProps) {
  const [query, setQuery] = useRosterQuery();
  // Typing and pressing come first; sorting thousands for the next diff can wait a moment.
  const everybody = useDeferredValue(users);
  const sorted = useMemo(() => selectUsers(everybody, query), [everybody, query]);
  return (
    <>
      <RosterToolbar counts={counts} query={query} onQuery={setQuery} />
      {sorted.length === 0 ? (
        <NoMatch onClear={() => setQuery({ ...query, status: undefined, query: "" })} />
      ) : (
        <RosterTable
          sorted={sorted}
          everybody={everybody}
          query={query}
          onSort={(key) => setQuery(sortedBy(query, key))}
          stale={stale}
          asOfAt={asOfAt}
        />
      )}
    </>
  );
}

function useRosterQuery(): [RosterQuery, (query: RosterQuery) => void] {
  const params = useSearchParams();
  const pathname = usePathname();
  const query = useMemo(() => readRosterQuery(params), [params]);
  function setQuery(next: RosterQuery): void {
    const search = rosterQueryParams(next).toString();
    // Replaced, not pushed: going back leads to the page before, not through every letter of a search.
    window.history.replaceState(null, "", search ? `${pathname}?${search}` : pathname);
  }
  return [query, setQuery];
}

function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <div className="grid flex-1 place-content-center justify-items-center gap-3 border-t border-line p-6 pb-[20vh] text-center">
      <p className="text-muted">Nobody in this room matches the filters.</p>
      <button type="button" className={SECONDARY_BUTTON} onClick={onClear}>
        Show everybody
      </button>
    </div>
  );
}
