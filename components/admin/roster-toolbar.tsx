"use client";

import { Search, X } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Counts, RosterQuery, SortKey } from "../../core/roster";
import type { Status } from "../../core/terms";
import { StatusDot } from "../status/status-dot";
import { STATUSES, statusWord } from "../status/status-words";
import { COLUMNS, sortedBy } from "./roster-view-state";

interface RosterToolbarProps {
  readonly counts: Counts;
  readonly query: RosterQuery;
  readonly onQuery: (query: RosterQuery) => void;
}

/** What of the roster to show: counts by status as filters, and a search box. On phones also the order. */
export function RosterToolbar({ counts, query, onQuery }: RosterToolbarProps) {
  const total = counts.online + counts.away + counts.offline;
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 py-2.5 sm:px-4">
      <div
        role="group"
        aria-label="Filter by status"
        className="flex gap-1.5 overflow-x-auto p-0.5 max-sm:-m-0.5 max-sm:w-full"
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
      <div className="flex min-w-48 flex-1 items-center gap-2 sm:ml-auto sm:max-w-72">
        <SearchBox value={query.query ?? ""} onChange={(text) => onQuery({ ...query, query: text })} />
      </div>
      <SortSelect query={query} onQuery={onQuery} />
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
      className="inline-flex h-8 shrink-0 items-center gap-1.5 rounded-full border border-line px-3 text-[13px] text-muted transition-colors hover:bg-hover aria-pressed:border-line-strong aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-text"
    >
      {status && <StatusDot status={status} size="9px" decorative />}
      {label} <span className="tabular-nums">{count.toLocaleString("en")}</span>
    </button>
  );
}

function SearchBox({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    function focusOnSlash(event: KeyboardEvent): void {
      if (event.key !== "/" || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target))
        return;
      event.preventDefault();
      field.current?.select();
    }
    document.addEventListener("keydown", focusOnSlash);
    return () => document.removeEventListener("keydown", focusOnSlash);
  }, []);

  return (
    <div className="relative flex-1" role="search">
      <Search
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
        aria-hidden
      />
      <input
        ref={field}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        aria-label="Search by name or id"
        aria-keyshortcuts="/"
        placeholder="Search"
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-8 pl-8 text-base placeholder:text-muted sm:text-[13px]"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onChange("")}
      />
      {value === "" ? (
        <kbd
          className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 rounded border border-line px-1.5 font-sans text-[11px]/4 text-muted max-sm:hidden"
          aria-hidden
        >
          /
        </kbd>
      ) : (
        <button
          type="button"
          aria-label="Clear the search"
          className="absolute top-1/2 right-1 grid size-6 -translate-y-1/2 place-items-center rounded text-muted hover:text-text"
          onClick={() => {
            onChange("");
            field.current?.focus();
          }}
        >
          <X className="size-3.5" aria-hidden />
        </button>
      )}
    </div>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Stands for the table's header, which a phone has no room for. */
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
