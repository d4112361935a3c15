"use client";

import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { clsx } from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { flushSync } from "react-dom";
import type { RosterQuery, SortKey } from "../../core/shared/roster-query";
import { useMediaQuery } from "../ui/use-media-query";
import { openButtonOf, ROW_GRID, RosterRow } from "./roster-row";
import type { AdminUser } from "../../core/shared/terms";
import type { RosterStore } from "../roster/roster-store";
import { COLUMNS } from "./roster-view-state";
import type { ChangeAddress } from "./use-room-address";

const ROW_HEIGHT = 44;
const PHONE_ROW_HEIGHT = 60;

/** A status that began this shortly before the roster's instant fades in. */
const FRESH_MS = 2_000;

interface RosterTableProps {
  readonly store: RosterStore<AdminUser>;
  readonly query: RosterQuery;
  /** The id of the open panel's person. */
  readonly openUser: string | null;
  readonly onSort: (key: SortKey) => void;
  readonly onOpen: ChangeAddress;
  readonly stale: boolean;
}

/**
 * The roster as a table for ten thousand rows. Only rows in view are rendered, and the row with the focus. Tab reaches
 * one row; arrow keys, j, k, Page Up, Page Down, Home and End move between rows.
 */
export function RosterTable({ store, query, openUser, onSort, onOpen, stale }: RosterTableProps) {
  const { list } = store;
  const scroller = useRef<HTMLDivElement>(null);
  const phone = useMediaQuery("(width < 48rem)");
  const printing = usePrinting();
  const height = phone ? PHONE_ROW_HEIGHT : ROW_HEIGHT;
  const [tabStop, setTabStop] = useState(0);
  const current = Math.min(tabStop, list.length - 1);
  const virtualizer = useVirtualizer({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    // An element that is removed loses the focus to the page.
    rangeExtractor(range) {
      const rows = defaultRangeExtractor(range);
      if (current < 0 || rows.includes(current)) return rows;
      return current < range.startIndex ? [current, ...rows] : [...rows, current];
    },
  });
  const asOfAt = store.asOfAt();
  const inView = virtualizer.range;
  const from = inView?.startIndex ?? 0;
  const to = (inView?.endIndex ?? -1) + 1;
  useEffect(() => store.need(from, to), [store, from, to]);
  // A new query starts at the top.
  // In braces: in browsers where scrolling returns a promise, React would use it as the effect's cleanup.
  useEffect(() => {
    setTabStop(0);
    scroller.current?.scrollTo(0, 0);
  }, [query]);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const held = pointed || focused;
  // Nothing moves under the pointer or the focus.
  useEffect(() => {
    if (!held) return;
    store.hold();
    return () => store.release();
  }, [store, held]);

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const page = Math.max(1, to - from - 1);
    const last = list.length - 1;
    const next = {
      ArrowDown: current + 1,
      j: current + 1,
      ArrowUp: current - 1,
      k: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(last, next));
    flushSync(() => setTabStop(index));
    virtualizer.scrollToIndex(index);
    const user = list.at(index);
    if (user) openButtonOf(user.id)?.focus({ preventScroll: true });
  }

  const shown = printing
    ? Array.from({ length: list.length }, (_, index) => index)
    : virtualizer.getVirtualItems().map(({ index }) => index);
  return (
    <div
      ref={scroller}
      className={clsx(
        "min-h-0 flex-1 overflow-y-auto border-t border-line print:overflow-visible",
        stale && "rollcall-stale",
      )}
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
          // A finger that scrolls is not a pointer.
          onPointerEnter={(event: PointerEvent) => setPointed(event.pointerType === "mouse")}
          onPointerLeave={() => setPointed(false)}
          onFocus={({ target }) => {
            setFocused(true);
            const row = target.closest("[role=row]")?.getAttribute("aria-rowindex");
            if (row) setTabStop(Number(row) - 2);
          }}
          onBlur={({ currentTarget, relatedTarget }) => {
            if (!currentTarget.contains(relatedTarget)) setFocused(false);
          }}
          onKeyDown={onKeyDown}
        >
          {shown.map((index) => {
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
                isTabStop={index === current}
                isOpen={user.id === openUser}
                onOpen={onOpen}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Whether the page is being printed, which shows every row. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    window.addEventListener("beforeprint", () => flushSync(() => setPrinting(true)), { signal });
    window.addEventListener("afterprint", () => setPrinting(false), { signal });
    return () => ending.abort();
  }, []);
  return printing;
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
