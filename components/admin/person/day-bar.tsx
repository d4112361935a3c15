"use client";

import { clsx } from "clsx";
import { useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from "react";
import { statusWord } from "../../status/status-words";
import { formatInstant, formatSpan, type Conventions } from "../../time/format-time";
import { useTimeText } from "../../time/use-time";
import type { PersonHistory } from "../../../core/shared/api-answers";
import { daySegments, totals, type Segment } from "./day-segments";

/** Heights besides the colours, for people who cannot tell green from amber. */
const LOOKS: Readonly<Record<Segment["kind"], string>> = {
  online: "top-0 bg-online",
  away: "top-[45%] bg-away",
  offline: "top-[85%] bg-line-strong",
  down: "top-0 rollcall-down",
  unknown: "hidden",
};

/** A person's day as a bar of statuses. Pointer and arrow keys read the times. */
export function DayBar({ history, dayEndAt }: { history: PersonHistory; dayEndAt: number }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const segments = daySegments(history);
  const at = chosen === null ? null : Math.min(chosen, segments.length - 1);
  const segment = at === null ? undefined : segments[at];
  const text = useTimeText((now, conventions) =>
    segment ? describeSegment(segment, now, conventions) : summarize(segments),
  );
  const { from } = history;
  const percent = (instant: number) => ((instant - from) / (dayEndAt - from)) * 100;

  function onPointerMove(event: PointerEvent<HTMLElement>): void {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const instant = from + ((event.clientX - left) / width) * (dayEndAt - from);
    const found = segments.findIndex(({ fromAt, toAt }) => fromAt <= instant && instant < toAt);
    setChosen(found < 0 ? null : found);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const last = segments.length - 1;
    const next = { ArrowLeft: (at ?? last + 1) - 1, ArrowRight: (at ?? -1) + 1, Home: 0, End: last }[
      event.key
    ];
    if (next === undefined) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(last, next)));
  }

  return (
    <div className="grid gap-1.5">
      <div
        role="slider"
        tabIndex={0}
        aria-label="Today, one segment after the other"
        aria-readonly
        aria-valuemin={0}
        aria-valuemax={Math.max(0, segments.length - 1)}
        aria-valuenow={at ?? Math.max(0, segments.length - 1)}
        aria-valuetext={text}
        className="relative h-9 touch-pan-y rounded-md bg-hover"
        onPointerMove={onPointerMove}
        onPointerDown={onPointerMove}
        onPointerLeave={() => setChosen(null)}
        onKeyDown={onKeyDown}
        onBlur={() => setChosen(null)}
        data-day-bar
      >
        <div className="absolute inset-0 overflow-hidden rounded-md">
          {segments.map(({ kind, fromAt, toAt }, index) => (
            <span
              key={fromAt}
              className={clsx(
                "absolute bottom-0 min-w-px",
                LOOKS[kind],
                at !== null && at !== index && "opacity-40",
              )}
              style={placed(percent(fromAt), percent(toAt))}
              data-segment={kind}
            />
          ))}
        </div>
      </div>
      <div className="relative h-4 text-[11px]/4 text-muted tabular-nums" aria-hidden>
        {[0, 6, 12, 18, 24].map((hour) => (
          <span
            key={hour}
            className={clsx("absolute", hour === 24 ? "right-0" : hour > 0 && "-translate-x-1/2")}
            style={hour === 24 ? undefined : { left: `${(hour / 24) * 100}%` }}
          >
            {String(hour).padStart(2, "0")}
          </span>
        ))}
      </div>
      <p className="min-h-5 text-[13px] tabular-nums" aria-hidden>
        {text}
      </p>
    </div>
  );
}

function placed(from: number, to: number): CSSProperties {
  return { left: `${from}%`, width: `${to - from}%` };
}

function describeSegment({ kind, fromAt, toAt }: Segment, now: number, conventions: Conventions): string {
  const from = formatInstant(fromAt, now, conventions);
  // The last segment is not over. It ends at the time of the request.
  const to = now - toAt < 15_000 ? "now" : formatInstant(toAt, now, conventions);
  return `${kindWord(kind)} from ${from} to ${to}, ${formatSpan(toAt - fromAt)}`;
}

function kindWord(kind: Segment["kind"]): string {
  if (kind === "down") return "Server down";
  return kind === "unknown" ? "Unknown" : statusWord(kind);
}

function summarize(segments: readonly Segment[]): string {
  const { online, away, down } = totals(segments);
  const parts = [
    online > 0 && `online for ${formatSpan(online)}`,
    away > 0 && `away for ${formatSpan(away)}`,
  ].filter((part) => part !== false);
  const here = parts.length === 0 ? "Not here today" : `Today ${parts.join(", ")}`;
  return down > 0 ? `${here}; the server was down for ${formatSpan(down)}.` : `${here}.`;
}
