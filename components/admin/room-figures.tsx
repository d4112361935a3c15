"use client";

import { Activity } from "lucide-react";
import { Popover } from "radix-ui";
import type { ReactNode } from "react";
import { formatCount, type Conventions } from "../time/format-time";
import { Count } from "../time/time-text";
import { useConventions } from "../time/use-time";
import { Notice } from "../ui/notice";
import { roomPath } from "./api/admin-api";
import type { RoomStats } from "../../core/shared/api-answers";
import { useAsked } from "./api/use-asked";
import { quantileBound } from "./histogram";

const ASK_EVERY_MS = 3_000;

/** The room's figures about its own work (HB9). */
export function RoomFigures({ room }: { room: string }) {
  return (
    <Popover.Root>
      <Popover.Trigger className="inline-flex h-7 items-center gap-1.5 rounded px-1.5 hover:bg-hover hover:text-text data-[state=open]:bg-hover">
        <Activity className="size-3.5" aria-hidden />
        Accuracy
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Accuracy of this room"
          className="z-50 w-[min(22rem,calc(100vw-1rem))] animate-rise rounded-lg border border-line-strong bg-raised p-4 text-[13px] shadow-raised outline-none"
        >
          <Figures room={room} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Figures({ room }: { room: string }) {
  const { data, problem, again } = useAsked<RoomStats>(roomPath(room, "stats"), ASK_EVERY_MS);
  const conventions = useConventions();
  if (!data) {
    if (problem) return <Notice text={problem.text} onRetry={again} />;
    return <span className="block h-40 animate-breathe rounded-md bg-line" />;
  }
  const { stats, bounds, suspects, connections, webhooksWaiting } = data;
  const { silence, flushSize, webhooks } = stats;
  const hasWebhooks = webhooksWaiting + webhooks.delivered + webhooks.refused + webhooks.dropped > 0;
  return (
    <>
      <h2 className="mb-2 text-xs font-medium text-muted">Since this room began</h2>
      {problem && <Notice text={problem.text} />}
      <dl className="grid gap-1.5 tabular-nums">
        <Figure name="Deaths noticed" value={silence.count} />
        <Figure name="after, median" value={seconds(quantileBound(silence, bounds.silence, 0.5))} sub />
        <Figure name="after, 95 of 100" value={seconds(quantileBound(silence, bounds.silence, 0.95))} sub />
        <Figure name="Falsely shown offline" value={stats.falseOfflines} />
        <Figure name="Suspect now" value={`${suspects} of ${connections}`} />
        <Figure name="Messages in" value={stats.messagesIn} />
        <Figure name="Updates out" value={stats.framesOut} />
        <Figure
          name="Changes per update, median"
          value={atMost(quantileBound(flushSize, bounds.flushSize, 0.5), conventions)}
        />
        <Figure
          name="95 of 100"
          value={atMost(quantileBound(flushSize, bounds.flushSize, 0.95), conventions)}
          sub
        />
        {hasWebhooks && (
          <>
            <Figure name="Webhooks delivered" value={webhooks.delivered} />
            <Figure name="waiting" value={webhooksWaiting} sub />
            <Figure name="refused, set aside" value={webhooks.refused} sub />
            <Figure name="dropped" value={webhooks.dropped} sub />
          </>
        )}
      </dl>
    </>
  );
}

function Figure({ name, value, sub = false }: { name: string; value: ReactNode; sub?: boolean }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className={sub ? "pl-3 text-muted" : "text-muted"}>{name}</dt>
      <dd className="font-medium">{typeof value === "number" ? <Count value={value} /> : value}</dd>
    </div>
  );
}

function seconds(ms: number | null): string {
  return ms === null ? "none yet" : ms === Infinity ? "over 60 s" : `≤ ${ms / 1_000} s`;
}

function atMost(bound: number | null, conventions: Conventions): string {
  if (bound === null) return "none yet";
  return bound === Infinity
    ? `over ${formatCount(1_000, conventions)}`
    : `≤ ${formatCount(bound, conventions)}`;
}
