"use client";

import { Download } from "lucide-react";
import type { Counts, RosterQuery, SortKey } from "../../core/shared/roster-query";
import { STATUSES } from "../../core/shared/statuses";
import type { Status } from "../../core/shared/terms";
import { StatusDot } from "../status/status-dot";
import { statusWord } from "../status/status-words";
import { Count } from "../time/time-text";
import { ICON_BUTTON } from "../ui/classes";
import { SearchBox } from "../ui/search-box";
import { COLUMNS, sortedBy } from "./roster-view-state";

interface RosterToolbarProps {
  readonly counts: Counts;
  readonly query: RosterQuery;
  readonly onQuery: (query: RosterQuery) => void;
  readonly onExport: () => void;
}

/** The filters by status with their counts, and the search box. On phones also the order. */
export function RosterToolbar({ counts, query, onQuery, onExport }: RosterToolbarProps) {
  const total = counts.online + counts.away + counts.offline;
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 py-2.5 sm:px-4">
      <div
        role="group"
        aria-label="Filter by status"
        className="flex flex-wrap gap-1.5 max-sm:w-full max-sm:gap-1"
      >
        <Chip
          label="All"
          count={total}
          pressed={!query.status}
          onPress={() => onQuery({ ...query, status: undefined })}
        />
        {STATUSES.map((status) => (
          <Chip
            key={status}
            label={statusWord(status)}
            status={status}
            count={counts[status]}
            pressed={query.status === status}
            onPress={() => onQuery({ ...query, status: query.status === status ? undefined : status })}
          />
        ))}
      </div>
      <div className="flex min-w-32 flex-1 items-center gap-2 sm:ml-auto sm:min-w-40 sm:max-w-72">
        <SearchBox
          label="Search by name or id"
          value={query.query ?? ""}
          onChange={(text) => onQuery({ ...query, query: text })}
        />
      </div>
      <SortSelect query={query} onQuery={onQuery} />
      <button
        type="button"
        className={`${ICON_BUTTON} border border-line-strong`}
        aria-label="Export as CSV"
        title="Export the shown people as CSV"
        onClick={onExport}
      >
        <Download className="size-4" aria-hidden />
      </button>
    </div>
  );
}

interface ChipProps {
  readonly label: string;
  readonly status?: Status;
  readonly count: number;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function Chip({ label, status, count, pressed, onPress }: ChipProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className="inline-flex h-8 shrink-0 items-center gap-1.5 rounded-full border border-line px-3 text-[13px] text-muted transition-colors hover:bg-hover max-sm:px-2.25 aria-pressed:border-line-strong aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-text"
    >
      {status && <StatusDot status={status} size="9px" decorative />}
      {label}{" "}
      <span className="tabular-nums">
        <Count value={count} />
      </span>
    </button>
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
