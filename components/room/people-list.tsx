"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown } from "lucide-react";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { countByStatus, type Counts } from "../../core/shared/roster-query";
import { useConnectionStatus, useServerNow } from "../../client/react/react";
import type { Status, User } from "../../core/shared/terms";
import type { RosterStore } from "../roster/roster-store";
import { useRosterStore } from "../roster/use-roster-store";
import { StatusChips } from "../roster/status-chips";
import { Count } from "../time/time-text";
import { SearchBox } from "../ui/search-box";
import { useMediaQuery } from "../ui/use-media-query";
import { peopleGroups, withNewcomers, type PeopleGroup } from "./people-groups";
import { Person } from "./person";

/** From this width people stand in columns. */
const WIDE = "(width >= 64rem)";
/** The least width of a column and the gap between two, as in the classes of the list. */
const LEAST_COLUMN = 240;
const GAP = 16;
/** The most rows of a group before the page is measured: what a server renders. */
const AT_FIRST = 100;
const ROW_HEIGHT = 40;
const PHONE_ROW_HEIGHT = 44;
const NOBODY = { online: 0, away: 0, offline: 0 };

interface PeopleListProps {
  readonly selfId: string | null;
  readonly renderAction: (user: User) => ReactNode;
}

/**
 * Everybody in the room, with a search and filters: the same for 5 and for 5,000 people. The rows in view are rendered,
 * and keep their places under the pointer and the focus.
 */
export function PeopleList({ selfId, renderAction }: PeopleListProps) {
  const [query, setQuery] = useState("");
  const [status, setStatus] = useState<Status | undefined>(undefined);
  const asked = useMemo(
    () => ({ status, query, sort: "status", descending: false }) as const,
    [status, query],
  );
  const store = useRosterStore<User>(asked);
  const serverNow = useServerNow();
  const { mode, asOfAt } = useConnectionStatus();
  const isWhole = mode === "roster";
  const { list } = store;
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const held = pointed || focused;
  const current = peopleGroups(list, countsOf(store, query, status, isWhole), isWhole, asOfAt ?? serverNow());
  const [groups, setGroups] = useState(current);
  const next = held ? withNewcomers(groups, list.length) : current;
  if (JSON.stringify(next) !== JSON.stringify(groups)) setGroups(next);
  useEffect(() => {
    if (!held) return;
    store.hold();
    return () => store.release();
  }, [store, held]);
  // The reader asked for other rows. They are held from the next move of the pointer.
  function ask(text: string, shown: Status | undefined): void {
    setPointed(false);
    setFocused(false);
    setQuery(text);
    setStatus(shown);
  }

  const foldsOffline = status === undefined && query === "";
  return (
    <>
      <div className="sticky top-13 z-20 -mx-4 flex flex-wrap items-center gap-2 bg-canvas px-4 py-2.5 print:hidden">
        <StatusChips counts={list.counts} status={status} onStatus={(shown) => ask(query, shown)} />
        <div className="flex min-w-40 flex-1 sm:ml-auto sm:max-w-72">
          <SearchBox label="Search by name" value={query} onChange={(text) => ask(text, status)} />
        </div>
      </div>
      <div
        className="grid gap-5"
        // A finger that scrolls is not a pointer.
        onPointerEnter={(event) => setPointed(event.pointerType === "mouse")}
        onPointerMove={(event) => setPointed(event.pointerType === "mouse")}
        onPointerLeave={() => setPointed(false)}
        onFocus={() => setFocused(true)}
        onBlur={({ currentTarget, relatedTarget }) => {
          if (!currentTarget.contains(relatedTarget)) setFocused(false);
        }}
      >
        {groups.map((group) => (
          <Group
            key={group.key}
            group={group}
            store={store}
            folds={foldsOffline && group.key === "offline"}
            selfId={selfId}
            renderAction={renderAction}
          />
        ))}
        {list.length === 0 && (
          <p className="py-6 text-center text-muted">
            {query === "" ? (
              "Nobody has this status."
            ) : (
              <>
                Nobody&apos;s name contains «<bdi>{query}</bdi>».
              </>
            )}
          </p>
        )}
      </div>
    </>
  );
}

/** How many matching rows there are of each status; null if only the server knows. */
function countsOf(
  { list }: RosterStore<User>,
  query: string,
  status: Status | undefined,
  isWhole: boolean,
): Counts | null {
  if (query === "") return status === undefined ? list.counts : { ...NOBODY, [status]: list.counts[status] };
  if (!isWhole) return null;
  return countByStatus(
    Array.from({ length: list.length }, (_, index) => list.at(index)).flatMap((user) => user ?? []),
  );
}

interface GroupProps extends PeopleListProps {
  readonly group: PeopleGroup;
  readonly store: RosterStore<User>;
  /** Whether it is shown only on request. */
  readonly folds: boolean;
}

function Group({ group: { title, from, to }, store, folds, selfId, renderAction }: GroupProps) {
  const [unfolded, setUnfolded] = useState(false);
  const headingId = useId();
  const size = to - from;
  const isOpen = !folds || unfolded;
  return (
    <section aria-labelledby={headingId}>
      <h2
        id={headingId}
        className="sticky top-25 z-10 bg-canvas py-1 text-xs font-medium text-muted max-sm:top-36"
      >
        {folds ? (
          <button
            type="button"
            className="inline-flex items-center gap-1 rounded hover:text-text"
            aria-expanded={isOpen}
            onClick={() => setUnfolded(!unfolded)}
          >
            <ChevronDown className={`size-3.5 ${isOpen ? "" : "-rotate-90"}`} aria-hidden />
            {title}{" "}
            <span className="tabular-nums">
              <Count value={size} />
            </span>
          </button>
        ) : (
          <>
            {title}{" "}
            <span className="font-normal tabular-nums">
              <Count value={size} />
            </span>
          </>
        )}
      </h2>
      {isOpen && <Rows from={from} size={size} store={store} selfId={selfId} renderAction={renderAction} />}
    </section>
  );
}

interface RowsProps extends PeopleListProps {
  readonly from: number;
  readonly size: number;
  readonly store: RosterStore<User>;
}

/** The rows of a group that are in view. The list is as high as all of them. */
function Rows({ from, size, store, selfId, renderAction }: RowsProps) {
  const frame = useRef<HTMLUListElement>(null);
  const isWide = useMediaQuery(WIDE);
  const [place, setPlace] = useState<{ readonly top: number; readonly width: number } | null>(null);
  const height = isWide ? ROW_HEIGHT : PHONE_ROW_HEIGHT;
  const isMeasured = place !== null;
  const width = place?.width ?? 0;
  const columns = isWide ? Math.max(1, Math.floor((width + GAP) / (LEAST_COLUMN + GAP))) : 1;
  const lines = Math.ceil(size / columns);
  const virtualizer = useWindowVirtualizer({
    count: lines,
    estimateSize: () => height,
    overscan: 10,
    scrollMargin: place?.top ?? 0,
  });
  useLayoutEffect(() => {
    const measure = (): void => {
      if (!frame.current) return;
      const { top, width } = frame.current.getBoundingClientRect();
      const next = { top: Math.round(top + window.scrollY), width: Math.round(width) };
      setPlace((before) => (before?.top === next.top && before.width === next.width ? before : next));
    };
    measure();
    // It also moves when what is above grows, and then the page grows.
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  useEffect(() => virtualizer.measure(), [virtualizer, height]);
  const inView = virtualizer.getVirtualItems();
  const first = isMeasured ? (inView[0]?.index ?? 0) * columns : 0;
  const last = Math.min(size, isMeasured ? ((inView.at(-1)?.index ?? -1) + 1) * columns : AT_FIRST);
  useEffect(() => store.need(from + first, from + last), [store, from, first, last]);
  return (
    <ul
      ref={frame}
      className="-mx-2 grid auto-rows-[44px] grid-cols-1 content-start gap-x-4 lg:auto-rows-[40px] lg:grid-cols-[repeat(auto-fill,minmax(240px,1fr))] [&_.rollcall-message]:leading-4! [&_.rollcall-person-words]:leading-4.5! [&>li]:h-full! [&>li]:animate-none!"
      style={isMeasured ? { height: lines * height, paddingTop: (first / columns) * height } : undefined}
    >
      {Array.from({ length: last - first }, (_, index) => {
        const id = store.list.at(from + first + index)?.id;
        if (id === undefined) return <li key={index} className="my-2 animate-breathe rounded bg-line" />;
        return <Person key={id} id={id} self={id === selfId} renderAction={renderAction} />;
      })}
    </ul>
  );
}
