"use client";

import { clsx } from "clsx";
import { ChevronDown } from "lucide-react";
import { memo, useId, useMemo, useState } from "react";
import { usePresenceClient } from "../../../client/react/react";
import type { Counts } from "../../../core/shared/roster-query";
import { Notice } from "../../ui/notice";
import { useMediaQuery } from "../../ui/use-media-query";
import { csvFileName, csvInstant, saveCsv, toCsv } from "../csv";
import { SaveButton } from "../save-button";
import { roomPath } from "../api/admin-api";
import type { RoomHistory } from "../../../core/shared/api-answers";
import { useAsked } from "../api/use-asked";
import type { ChartRange } from "../roster-view-state";
import { chartPoints, historyQuery, RANGES } from "./chart-data";
import { HistoryChart } from "./history-chart";
import { HistoryTable } from "./history-table";

interface HistorySectionProps {
  readonly room: string;
  /** The current counts, always in the same object. */
  readonly counts: Counts;
  readonly range: ChartRange | null;
  readonly onRange: (range: ChartRange) => void;
}

const LABELS = { day: "Day", week: "Week" } as const;

/**
 * How many users were online and away over the day or week. It can be folded, to give its height to the table. The
 * chart changes only with responses: `counts` are read when one arrives.
 */
export const HistorySection = memo(function HistorySection(props: HistorySectionProps) {
  const { room, counts, range, onRange } = props;
  const roomy = useMediaQuery("(width >= 48rem) and (height >= 42rem)");
  const shown = range ?? (roomy ? "day" : "none");
  const bodyId = useId();
  const open = shown !== "none";
  return (
    <section aria-label="History" className="shrink-0 border-t border-line px-3 sm:px-4">
      <div className="flex h-10 items-center gap-4">
        <h2 className="text-xs">
          <button
            type="button"
            className="-ml-1 inline-flex h-7 items-center gap-1 rounded px-1 font-medium hover:bg-hover"
            aria-expanded={open}
            aria-controls={bodyId}
            onClick={() => onRange(open ? "none" : "day")}
          >
            <ChevronDown className={clsx("size-3.5 text-muted", !open && "-rotate-90")} aria-hidden />
            History
          </button>
        </h2>
        {open && <Legend />}
        {open && (
          <div
            role="group"
            aria-label="Time shown"
            className="ml-auto flex rounded-md border border-line p-0.5"
          >
            {(["day", "week"] as const).map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={shown === each}
                className="h-6 rounded px-2 text-xs text-muted hover:text-text aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-text"
                onClick={() => onRange(each)}
              >
                {LABELS[each]}
              </button>
            ))}
          </div>
        )}
      </div>
      <div id={bodyId} className="relative" hidden={!open}>
        {open && <Body key={shown} room={room} counts={counts} range={shown} />}
      </div>
    </section>
  );
});

function Legend() {
  return (
    <span className="flex items-center gap-3 text-xs text-muted" aria-hidden>
      <span className="inline-flex items-center gap-1.5">
        <span className="h-0.5 w-3.5 rounded bg-accent" data-legend /> Online
      </span>
      <span className="inline-flex items-center gap-1.5">
        <span className="w-3.5 border-t-2 border-dashed border-muted" data-legend /> Away
      </span>
    </span>
  );
}

function Body({ room, counts, range }: { room: string; counts: Counts; range: keyof typeof RANGES }) {
  const client = usePresenceClient();
  const { everyMs, rowMs } = RANGES[range];
  const url = `${roomPath(room, "history")}?${historyQuery(range, client.serverNow())}`;
  const { data: answer, problem, again } = useAsked<RoomHistory>(url, everyMs);
  // The address changes with time. The chart stays until the next response, and reads the counts then: a chart of
  // a day need not change with each user who comes and goes.
  const [kept, setKept] = useState<{ readonly answer: RoomHistory; readonly counts: Counts } | null>(null);
  if (answer && answer !== kept?.answer) setKept({ answer, counts: { ...counts } });
  const points = useMemo(() => kept && chartPoints(kept.answer, kept.counts), [kept]);
  if (points && points.length < 2)
    return (
      <p className="h-38 py-2 text-[13px] text-muted">No history yet. It begins with the first person.</p>
    );
  if (!points) {
    return (
      <div className="h-38 py-2">
        {problem ? (
          <Notice text={`The history could not be loaded. ${problem.text}`} onRetry={again} />
        ) : (
          <span className="block h-full animate-breathe rounded-md bg-line" />
        )}
      </div>
    );
  }
  const over = range === "day" ? "the last 24 hours" : "the last seven days";
  return (
    <div className="pb-1">
      <div className="absolute right-0 bottom-0">
        <SaveButton
          label="Export the history as CSV"
          onSave={() =>
            saveCsv(
              toCsv(
                ["at", "online", "away", "most online"],
                points.map(({ at, online, away, mostOnline }) => [csvInstant(at), online, away, mostOnline]),
              ),
              csvFileName(`${room}-history`, client.serverNow()),
            )
          }
        />
      </div>
      <HistoryChart points={points} label={`Online and away over ${over}`} />
      <HistoryTable
        points={points}
        rowMs={rowMs}
        caption={`Most people online and away over ${over}, by ${range === "day" ? "hour" : "day"}`}
      />
    </div>
  );
}
