"use client";

import type { Counts } from "../../core/shared/roster-query";
import { STATUSES } from "../../core/shared/statuses";
import type { Status } from "../../core/shared/terms";
import { StatusDot } from "../status/status-dot";
import { statusWord } from "../status/status-words";
import { Count } from "../time/time-text";

interface StatusChipsProps {
  readonly counts: Counts;
  /** The pressed chip; undefined for all. */
  readonly status: Status | undefined;
  readonly onStatus: (status: Status | undefined) => void;
}

/** The filters by status, with their counts. */
export function StatusChips({ counts, status: pressed, onStatus }: StatusChipsProps) {
  return (
    <div
      role="group"
      aria-label="Filter by status"
      className="flex flex-wrap gap-1.5 max-sm:w-full max-sm:gap-1"
    >
      <Chip
        label="All"
        count={counts.online + counts.away + counts.offline}
        pressed={!pressed}
        onPress={() => onStatus(undefined)}
      />
      {STATUSES.map((status) => (
        <Chip
          key={status}
          label={statusWord(status)}
          status={status}
          count={counts[status]}
          pressed={pressed === status}
          onPress={() => onStatus(pressed === status ? undefined : status)}
        />
      ))}
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
