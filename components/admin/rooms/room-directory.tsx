"use client";

import Link from "next/link";
import { useDeferredValue, useState } from "react";
import { isRoomName } from "../../../core/shared/limits";
import { useSessionRefresh } from "../../session/use-session-refresh";
import { Count } from "../../time/time-text";
import { ServerClock } from "../../time/use-time";
import { PRIMARY_BUTTON, SECONDARY_BUTTON } from "../../ui/classes";
import { Notice } from "../../ui/notice";
import { PageHeader } from "../../ui/page-header";
import { SearchBox } from "../../ui/search-box";
import { AdminSignOut } from "../admin-sign-out";
import type { RoomList } from "../../../core/shared/api-answers";
import { useAsked } from "../api/use-asked";
import { RoomsStorageNotice } from "../storage-notice";
import { OpenRoomForm } from "./open-room-form";
import { RoomTable } from "./room-table";

const ASK_EVERY_MS = 3_000;
const PAGE = 50;
/** The most rooms in one response of the directory. */
const MOST = 200;

interface RoomDirectoryProps {
  /** The search text in the address. */
  readonly initialQuery: string;
  /** The default room, as a place to begin. */
  readonly firstRoom: string;
}

/** The list of rooms with their current counts. It refreshes while it is visible. */
export function RoomDirectory({ initialQuery, firstRoom }: RoomDirectoryProps) {
  const [query, setQuery] = useState(initialQuery);
  const [limit, setLimit] = useState(PAGE);
  const asked = useDeferredValue(query.trim());
  const url = `/api/admin/rooms?${new URLSearchParams({ limit: `${limit}`, ...(asked && { q: asked }) })}`;
  const { data: answer, receivedAt, problem, again } = useAsked<RoomList>(url, ASK_EVERY_MS);
  // The last results stay until the next response.
  const [kept, setKept] = useState<{ readonly list: RoomList; readonly aheadMs: number } | null>(null);
  if (answer && answer !== kept?.list) setKept({ list: answer, aheadMs: answer.now - receivedAt });
  const list = kept?.list;
  const refresh = useSessionRefresh("admin");

  function search(text: string): void {
    setQuery(text);
    const params = text ? `?${new URLSearchParams({ q: text })}` : "";
    window.history.replaceState(null, "", window.location.pathname + params);
  }

  return (
    <ServerClock now={() => Date.now() + (kept?.aheadMs ?? 0)}>
      <div className="flex min-h-dvh flex-col">
        <PageHeader
          home={{ href: "/admin", label: "Rollcall" }}
          title={<h1 className="truncate font-medium">Rooms</h1>}
        >
          <AdminSignOut refresh={refresh} />
        </PageHeader>
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto grid w-full max-w-5xl grid-cols-[minmax(0,1fr)] content-start gap-4 px-3 pt-5 pb-16 sm:px-6 sm:pt-8"
        >
          <div className="flex items-center gap-3">
            <div className="flex flex-1 sm:max-w-80">
              <SearchBox label="Search rooms by name" value={query} onChange={search} />
            </div>
            <p className="ml-auto text-[13px] whitespace-nowrap text-muted tabular-nums" role="status">
              {list && (
                <>
                  <Count value={list.total} /> {list.total === 1 ? "room" : "rooms"}
                </>
              )}
            </p>
          </div>
          {problem && (
            <Notice
              text={list ? `What is shown may be out of date. ${problem.text}` : problem.text}
              onRetry={again}
            />
          )}
          {list && <RoomsStorageNotice failing={list.failingStorages} />}
          {!list && !problem && <Skeleton />}
          {list && list.rooms.length > 0 && (
            <div className="overflow-hidden rounded-xl border border-line bg-surface">
              <RoomTable rooms={list.rooms} />
            </div>
          )}
          {list && list.rooms.length === 0 && <Nothing query={asked} firstRoom={firstRoom} />}
          {list && list.total > list.rooms.length && (
            <More shown={list.rooms.length} total={list.total} onMore={() => setLimit(MOST)} />
          )}
          <div className="pt-4">
            <OpenRoomForm />
          </div>
        </main>
      </div>
    </ServerClock>
  );
}

function Nothing({ query, firstRoom }: { query: string; firstRoom: string }) {
  return (
    <div className="grid justify-items-center gap-3 rounded-xl border border-dashed border-line-strong px-4 py-10 text-center">
      {query === "" ? (
        <>
          <p className="font-medium">No room has been entered yet</p>
          <p className="max-w-md text-muted">
            A room appears here when the first person enters it. Open one in another tab, or connect your app.
          </p>
          <Link href={`/rooms/${firstRoom}`} target="_blank" className={PRIMARY_BUTTON}>
            Enter {firstRoom}
          </Link>
        </>
      ) : (
        <>
          <p className="text-muted">No room&apos;s name contains «{query}».</p>
          {isRoomName(query) && (
            <Link href={`/admin/rooms/${query}`} className={SECONDARY_BUTTON}>
              Open {query} all the same
            </Link>
          )}
        </>
      )}
    </div>
  );
}

function More({ shown, total, onMore }: { shown: number; total: number; onMore: () => void }) {
  if (shown >= MOST) {
    return (
      <p className="text-center text-[13px] text-muted">
        The first {shown} of <Count value={total} /> rooms. Search to find the others.
      </p>
    );
  }
  return (
    <button type="button" className={`${SECONDARY_BUTTON} justify-self-center`} onClick={onMore}>
      Show more
    </button>
  );
}

function Skeleton() {
  return (
    <div role="status" className="rounded-xl border border-line bg-surface">
      <span className="sr-only">Loading the rooms</span>
      {["w-24", "w-32", "w-20", "w-28"].map((width) => (
        <span key={width} className="flex h-11 items-center border-b border-line px-4 last:border-b-0">
          <span className={`h-3.5 animate-breathe rounded bg-line ${width}`} />
        </span>
      ))}
    </div>
  );
}
