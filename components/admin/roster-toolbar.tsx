"use client";

import type { Counts, RosterQuery, SortKey } from "../../core/shared/roster-query";
import { StatusChips } from "../roster/status-chips";
import { SearchBox } from "../ui/search-box";
import { SaveButton } from "./save-button";
import { COLUMNS, sortedBy } from "./roster-view-state";

interface RosterToolbarProps {
  readonly counts: Counts;
  readonly query: RosterQuery;
  readonly onQuery: (query: RosterQuery) => void;
  readonly onExport: () => void;
}

/** The filters by status with their counts, and the search box. On phones also the order. */
export function RosterToolbar({ counts, query, onQuery, onExport }: RosterToolbarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 py-2.5 sm:px-4">
      <StatusChips
        counts={counts}
        status={query.status}
        onStatus={(status) => onQuery({ ...query, status })}
      />
      <div className="flex min-w-32 flex-1 items-center gap-2 sm:ml-auto sm:min-w-40 sm:max-w-72">
        <SearchBox
          label="Search by name or id"
          value={query.query ?? ""}
          onChange={(text) => onQuery({ ...query, query: text })}
        />
      </div>
      <SortSelect query={query} onQuery={onQuery} />
      <SaveButton label="Export as CSV" onSave={onExport} />
    </div>
  );
}

/** Replaces the table's header on a phone. */
function SortSelect({ query, onQuery }: Pick<RosterToolbarProps, "query" | "onQuery">) {
  return (
    <select
      aria-label="Sort by"
      className="h-8 rounded-md border border-line-strong bg-surface px-2 text-[13px] md:hidden"
      value={query.sort}
      onChange={(event) => onQuery(sortedBy(query, event.target.value as SortKey))}
    >
      {COLUMNS.map(({ key, label }) => (
        <option key={key} value={key}>
          {label}
        </option>
      ))}
    </select>
  );
}
