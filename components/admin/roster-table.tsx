"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { clsx } from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useRef, type KeyboardEvent, type PointerEvent } from "react";
import type { RosterQuery, SortKey } from "../../core/shared/roster-query";
import { useMediaQuery } from "../ui/use-media-query";
import { openButtonOf, ROW_GRID, RosterRow } from "./roster-row";
import type { RosterStore } from "./roster-store";
import { COLUMNS } from "./roster-view-state";
import { useArmedHints } from "./use-armed-hints";
import type { ChangeAddress } from "./use-room-address";

const ROW_HEIGHT = 44;
const PHONE_ROW_HEIGHT = 60;

/** A status that began this shortly before the roster's instant fades in. */
const FRESH_MS = 2_000;

interface RosterTableProps {
  readonly store: RosterStore;
  readonly query: RosterQuery;
  readonly onSort: (key: SortKey) => void;
  readonly onOpen: ChangeAddress;
  readonly stale: boolean;
}

/** The roster as a table for ten thousand rows. Only rows in view are rendered. */
export function RosterTable({ store, query, onSort, onOpen, stale }: RosterTableProps) {
  const { list } = store;
  const scroller = useRef<HTMLDivElement>(null);
  const phone = useMediaQuery("(width < 48rem)");
  const height = phone ? PHONE_ROW_HEIGHT : ROW_HEIGHT;
  const virtualizer = useVirtualizer({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
  });
  const asOfAt = store.asOfAt();
  const rows = virtualizer.getVirtualItems();
  const from = rows[0]?.index ?? 0;
  const to = (rows.at(-1)?.index ?? -1) + 1;
  useEffect(() => store.need(from, to), [store, from, to]);
  // A new query starts at the top.
  // In braces: in browsers where scrolling returns a promise, React would use it as the effect's cleanup.
  useEffect(() => {
    scroller.current?.scrollTo(0, 0);
  }, [query]);
  const { armed, onPoint, onFocus, onBlur } = useArmedHints();

  /** Arrow keys move from row to row, also to rows that are not rendered yet. */
  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = (event.target as HTMLElement).closest("[role=row]");
    if (step === undefined || !row) return;
    const index = Number(row.getAttribute("aria-rowindex")) - 2 + step;
    const user = list.at(index);
    if (!user) return;
    event.preventDefault();
    virtualizer.scrollToIndex(index);
    requestAnimationFrame(() => openButtonOf(user.id)?.focus({ preventScroll: true }));
  }

  return (
    <div
      ref={scroller}
      className={clsx("min-h-0 flex-1 overflow-y-auto border-t border-line", stale && "rollcall-stale")}
      data-stale={stale}
    >
      <div role="table" aria-label="People" aria-rowcount={list.length + 1} aria-busy={stale}>
        <Header query={query} onSort={onSort} />
        {/* The buttons in the rows are interactive. This element handles their events. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <div
          role="rowgroup"
          className="relative"
          style={{ height: list.length * height }}
          onPointerEnter={(event: PointerEvent) => {
            // A finger that scrolls is not a pointer.
            if (event.pointerType !== "mouse") return;
            store.hold();
            onPoint({ x: event.clientX, y: event.clientY });
          }}
          onPointerLeave={() => {
            store.release();
            onPoint(null);
          }}
          onFocus={onFocus}
          onBlur={onBlur}
          onKeyDown={onKeyDown}
        >
          {rows.map(({ index }) => {
            const user = list.at(index);
            if (!user) return <RowSkeleton key={index} top={index * height} height={height} />;
            const fresh = asOfAt !== null && asOfAt - user.sinceAt < FRESH_MS;
            return (
              <RosterRow
                key={user.id}
                user={user}
                rowIndex={index + 2}
                top={index * height}
                height={height}
                fresh={fresh}
                armed={armed}
                onOpen={onOpen}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** The placeholder of a row that is loading. */
function RowSkeleton({ top, height }: { top: number; height: number }) {
  return (
    <div
      className="absolute inset-x-0 flex items-center gap-2.5 border-b border-line px-3 sm:px-4"
      style={{ height, transform: `translateY(${top}px)` }}
      aria-hidden
    >
      <span className="size-[26px] animate-breathe rounded-full bg-line" />
      <span className="h-3 w-36 animate-breathe rounded bg-line" />
    </div>
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
