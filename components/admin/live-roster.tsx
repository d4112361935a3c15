"use client";

import { lazy, Suspense, useCallback, useEffect, useState, type ReactNode } from "react";
import { usePresenceClient, useConnectionStatus } from "../../client/react/react";
import type { AdminUser } from "../../core/shared/terms";
import type { RosterStore } from "../roster/roster-store";
import { useRosterStore } from "../roster/use-roster-store";
import { SECONDARY_BUTTON } from "../ui/classes";
import { Notice } from "../ui/notice";
import { fetchUsers } from "./api/fetch-users";
import { HistorySection } from "./history/history-section";
import { csvFileName, rosterCsv, saveCsv } from "./csv";
import { RosterFooter } from "./roster-footer";
import { RosterTable } from "./roster-table";
import { RosterToolbar } from "./roster-toolbar";
import { sortedBy, type ChartRange } from "./roster-view-state";
import { useRoomAddress } from "./use-room-address";

/** Loaded after the roster, because no panel is open before. */
const loadPersonSheet = () => import("./person/person-sheet");
const PersonSheet = lazy(loadPersonSheet);

interface LiveRosterProps {
  readonly room: string;
  readonly stale: boolean;
  /** Shown instead of an empty roster. */
  readonly empty: ReactNode;
}

/** A room's filters, chart, table and panel. Their state is in the address. */
export function LiveRoster({ room, stale, empty }: LiveRosterProps) {
  const client = usePresenceClient();
  const [{ query, user, range }, change] = useRoomAddress();
  const isPaged = useConnectionStatus().mode === "pages";
  const store = useRosterStore<AdminUser>(query);

  // It stays mounted when it is closed: it reports the result of an action, and restores the focus.
  const [opened, setOpened] = useState(false);
  if (user !== null && !opened) setOpened(true);
  useEffect(() => void loadPersonSheet(), []);
  const onClose = useCallback(() => change({ user: null }), [change]);
  const onRange = useCallback((range: ChartRange) => change({ range }), [change]);

  const { list } = store;
  const [problem, setProblem] = useState<string | null>(null);

  async function exportRows(): Promise<void> {
    setProblem(null);
    try {
      saveCsv(
        rosterCsv(isPaged ? await fetchUsers(room, query) : everyRow(store)),
        csvFileName(room, client.serverNow()),
      );
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "The export could not be made.");
    }
  }

  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        {list.total === 0 ? (
          empty
        ) : (
          <>
            <RosterToolbar
              counts={list.counts}
              query={query}
              onQuery={(next) => change({ query: next })}
              onExport={() => void exportRows()}
            />
            {problem && (
              <div className="px-3 pb-2 sm:px-4">
                <Notice text={problem} onRetry={() => void exportRows()} />
              </div>
            )}
            <HistorySection room={room} counts={list.counts} range={range} onRange={onRange} />
            {list.length === 0 && !isPaged ? (
              <NoMatch onClear={() => change({ query: { ...query, status: undefined, query: "" } })} />
            ) : (
              <RosterTable
                store={store}
                query={query}
                openUser={user}
                onSort={(key) => change({ query: sortedBy(query, key) })}
                onOpen={change}
                stale={stale}
              />
            )}
            <RosterFooter room={room} shown={list.length} total={list.total} holding={list.isHolding} />
          </>
        )}
      </div>
      {opened && (
        <Suspense>
          <PersonSheet room={room} userId={user} stale={stale} onClose={onClose} />
        </Suspense>
      )}
    </div>
  );
}

function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <div className="grid flex-1 place-content-center justify-items-center gap-3 border-t border-line p-6 text-center">
      <p className="text-muted">Nobody in this room matches the filters.</p>
      <button type="button" className={SECONDARY_BUTTON} onClick={onClear}>
        Show everybody
      </button>
    </div>
  );
}

function everyRow({ list }: RosterStore<AdminUser>): AdminUser[] {
  return Array.from({ length: list.length }, (_, index) => list.at(index)).filter(
    (user) => user !== undefined,
  );
}
