"use client";

import { EyeOff, TriangleAlert } from "lucide-react";
import type { ConnectionView } from "../../core/shared/terms";
import { Elapsed } from "../time/time-text";

/** The number, the kind and the problems of a user's devices, on one line (CN4, HB3). */
export function ConnectionSummary({ connections }: { connections: readonly ConnectionView[] }) {
  const suspects = connections.flatMap(({ suspectAt }) => suspectAt ?? []);
  const allHidden = connections.every(({ hiddenAt }) => hiddenAt !== null);
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span className="rounded bg-hover px-1.5 text-xs/5 font-medium tabular-nums">{connections.length}</span>
      {suspects.length > 0 ? (
        <Suspect since={Math.min(...suspects)} />
      ) : (
        <span className="truncate">{labels(connections).join(", ")}</span>
      )}
      {allHidden && <EyeOff role="img" aria-label="hidden" className="size-3.5 shrink-0 text-muted" />}
    </span>
  );
}

function Suspect({ since }: { since: number }) {
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap text-away-text">
      <TriangleAlert className="size-3.5" aria-hidden />
      unresponsive for <Elapsed since={since} />
    </span>
  );
}

function labels(connections: readonly ConnectionView[]): readonly string[] {
  return [...new Set(connections.map(({ device }) => device))];
}
