"use client";

import { pastReasonInShort } from "../explain-reason";
import { StatusDot } from "../../status/status-dot";
import { statusWord } from "../../status/status-words";
import { formatInstant, formatSpan } from "../../time/format-time";
import { Count } from "../../time/time-text";
import { useTimeText } from "../../time/use-time";
import type { PersonHistory } from "../../../core/shared/api-answers";

/** The most changes in the list. The bar shows the whole day. */
const MOST = 50;

/** The day's status changes, latest first, with their durations. */
export function ChangeList({ history: { changes, to } }: { history: PersonHistory }) {
  if (changes.length === 0) return <p className="text-[13px] text-muted">No change since midnight.</p>;
  const latest = changes.slice(-MOST).reverse();
  return (
    <>
      <ol className="grid text-[13px]">
        {latest.map(({ at, status, reason, merged }, index) => (
          <li
            key={`${at} ${changes.length - index}`}
            className="flex items-center gap-2 border-b border-line py-1.5 last:border-b-0"
          >
            <StatusDot status={status} size="9px" decorative />
            <span className="flex-1">
              {statusWord(status)}
              {reason && <span className="text-muted"> · {pastReasonInShort(reason)}</span>}
              {merged !== undefined && (
                <span className="text-muted">
                  {" "}
                  (<Count value={merged} /> changes from here, put together)
                </span>
              )}
            </span>
            <span className="text-muted tabular-nums">
              {index === 0 ? "so far" : formatSpan((latest[index - 1]?.at ?? to) - at)}
            </span>
            <span className="w-20 text-right tabular-nums">
              <Second at={at} />
            </span>
          </li>
        ))}
      </ol>
      {changes.length > MOST && (
        <p className="text-xs text-muted">{changes.length - MOST} earlier changes today.</p>
      )}
    </>
  );
}

function Second({ at }: { at: number }) {
  const text = useTimeText((now, conventions) => formatInstant(at, now, conventions, true));
  return <time dateTime={new Date(at).toISOString()}>{text}</time>;
}
