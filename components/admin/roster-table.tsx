"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { clsx } from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useRef } from "react";
import type { RosterQuery, SortKey } from "../../core/roster";
import type { AdminUserView } from "../../core/terms";
import { useMediaQuery } from "../ui/use-media-query";
import { useHeldRows } from "./held-rows";
import { ROW_GRID, RosterRow } from "./roster-row";
import { COLUMNS, rosterQueryParams } from "./roster-view-state";

const ROW_HEIGHT = 44;
const PHONE_ROW_HEIGHT = 60;

/** A status that began so shortly before the roster's instant is news. */
const FRESH_MS = 2_000;

interface RosterTableProps {
  /** Who is asked for, in the order asked for; and everybody, for those whose rows are being held. */
  readonly sorted: readonly AdminUserView[];
  readonly everybody: readonly AdminUserView[];
  readonly query: RosterQuery;
  readonly onSort: (key: SortKey) => void;
  readonly stale: boolean;
  readonly asOfAt: number | null;
}

/** The roster as a table that holds ten thousand rows and draws those in view. */
export function RosterTable({ sorted, everybody, query, onSort, stale, asOfAt }: RosterTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, holding, pointerProps } = useHeldRows(sorted, everybody, rosterQueryParams(query).toString());
  const phone = useMediaQuery("(width < 48rem)");
  const height = phone ? PHONE_ROW_HEIGHT : ROW_HEIGHT;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  });
  return (
    <>
      <div
        ref={scroller}
        className={clsx("min-h-0 flex-1 overflow-y-auto border-t border-line", stale && "rollcall-stale")}
        data-stale={stale}
      >
        <div role="table" aria-label="People" aria-rowcount={rows.length + 1} aria-busy={stale}>
          <Header query={query} onSort={onSort} />
          <div
            role="rowgroup"
            className="relative"
            style={{ height: rows.length * height }}
            {...pointerProps}
          >
            {virtualizer.getVirtualItems().map(({ index, key }) => {
              const user = rows[index];
              if (!user) return null;
              const fresh = asOfAt !== null && asOfAt - user.sinceAt < FRESH_MS;
              return (
                <RosterRow
                  key={key}
                  user={user}
                  rowIndex={index + 2}
                  top={index * height}
                  height={height}
                  fresh={fresh}
                />
              );
            })}
          </div>
        </div>
      </div>
      <p className="flex h-8 shrink-0 items-center justify-between gap-3 border-t border-line px-3 text-xs text-muted tabular-nums sm:px-4">
        <span>
          {rows.length === everybody.length ? "" : `${rows.length.toLocaleString("en")} of `}
          {everybody.length.toLocaleString("en")} {everybody.length === 1 ? "person" : "people"}
        </span>
        {holding && <span>Order held while you point at the rows</span>}
      </p>
    </>
  );
}

function Header({ query, onSort }: Pick<RosterTableProps, "query" | "onSort">) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-surface max-md:hidden">
      <div role="row" aria-rowindex={1} className={clsx(ROW_GRID, "h-9")}>
        {COLUMNS.map(({ key, label }) => {
          const sorted = query.sort === key;
          const Arrow = query.descending ? ArrowDown : ArrowUp;
          return (
            <div
              key={key}
              role="columnheader"
              aria-sort={sorted ? (query.descending ? "descending" : "ascending") : "none"}
            >
              <button
                type="button"
                onClick={() => onSort(key)}
                className={clsx(
                  "-mx-1.5 inline-flex h-7 items-center gap-1 rounded px-1.5 text-xs hover:bg-hover hover:text-text",
                  sorted ? "font-medium text-text" : "text-muted",
                )}
              >
                {label}
                {sorted && <Arrow className="size-3" aria-hidden />}
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
