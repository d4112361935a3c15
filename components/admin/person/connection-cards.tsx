"use client";

import { Eye, EyeOff, TriangleAlert } from "lucide-react";
import type { ConnectionView } from "../../../core/shared/terms";
import { Elapsed, PlainTimeAgo } from "../../time/time-text";
import type { MeasuredConnection } from "../../../core/shared/api-answers";

interface ConnectionCardsProps {
  /** The connections from the live roster. */
  readonly connections: readonly ConnectionView[];
  /** The same connections with measurements, from the last request. */
  readonly measured: readonly MeasuredConnection[];
}

/** Each connection of a person: device, start, visibility, latency, suspicion (CN4, HB3). */
export function ConnectionCards({ connections, measured }: ConnectionCardsProps) {
  if (connections.length === 0) return <p className="text-[13px] text-muted">No device is connected.</p>;
  return (
    <ul className="grid gap-2">
      {connections.map((connection) => {
        const { id, device, connectedAt, hiddenAt, suspectAt } = connection;
        const rttMs = measured.find((each) => each.id === id)?.rttMs ?? null;
        return (
          <li key={id} className="rounded-lg border border-line px-3 py-2 text-[13px]" data-connection-card>
            <div className="flex items-baseline justify-between gap-3">
              <span className="truncate font-medium">{device}</span>
              <span className="shrink-0 text-xs text-muted tabular-nums">
                {rttMs === null ? "not measured yet" : <>round trip {Math.round(rttMs)} ms</>}
              </span>
            </div>
            <div className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-muted">
              <span>
                connected <PlainTimeAgo at={connectedAt} />
              </span>
              <span className="inline-flex items-center gap-1">
                {hiddenAt === null ? (
                  <>
                    <Eye className="size-3.5" aria-hidden /> visible
                  </>
                ) : (
                  <>
                    <EyeOff className="size-3.5" aria-hidden /> hidden for <Elapsed since={hiddenAt} />
                  </>
                )}
              </span>
              {suspectAt !== null && (
                <span className="inline-flex items-center gap-1 text-text">
                  <TriangleAlert className="size-3.5 text-away" aria-hidden />
                  unresponsive for <Elapsed since={suspectAt} />
                </span>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
