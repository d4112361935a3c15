"use client";

import { clsx } from "clsx";
import type { ReactNode } from "react";
import type { ConnectionState } from "../../client/connection/connection";
import { Elapsed, Remaining } from "../time/time-text";
import { Hint } from "../ui/hint";
import { CONNECTION_WORDS, STOP_WORDS } from "./connection-words";

interface LiveChipProps {
  readonly connection: ConnectionState;
  readonly latencyMs: number | null;
  /** Whether the server has been silent for too long, or the connection is lost. */
  readonly stale: boolean;
}

/** Shows whether the page is live, and the latency. Its tooltip explains both. */
export function LiveChip({ connection, latencyMs, stale }: LiveChipProps) {
  const unsure = connection.status === "live" && stale;
  return (
    <Hint
      side="bottom"
      content={
        unsure ? (
          "The server has been silent for too long. Checking the connection."
        ) : (
          <Meaning connection={connection} latencyMs={latencyMs} />
        )
      }
    >
      <button
        type="button"
        className="inline-flex h-7 min-w-26 items-center gap-1.5 rounded-full border border-line px-2.5 text-xs font-medium tabular-nums text-muted"
        data-connection={unsure ? "unsure" : connection.status}
      >
        <span className={clsx("size-2 rounded-full", look(connection, unsure))} aria-hidden />
        {unsure ? "Checking" : CONNECTION_WORDS[connection.status]}
        {connection.status === "live" && !stale && latencyMs !== null && (
          <span className="font-normal max-sm:hidden">{Math.round(latencyMs)} ms</span>
        )}
      </button>
    </Hint>
  );
}

function look(connection: ConnectionState, unsure: boolean): string {
  if (unsure || connection.status === "reconnecting") return "animate-breathe bg-away";
  if (connection.status === "live") return "bg-accent";
  if (connection.status === "stopped") return "border-2 border-offline";
  return "animate-breathe bg-offline";
}

function Meaning({ connection, latencyMs }: Pick<LiveChipProps, "connection" | "latencyMs">): ReactNode {
  switch (connection.status) {
    case "idle":
    case "connecting":
      return "Connecting to the room.";
    case "live":
      return latencyMs === null
        ? "Changes show as they happen."
        : `Changes show as they happen. To the server and back takes ${Math.round(latencyMs)} ms.`;
    case "reconnecting":
      return (
        <>
          Cut off for <Elapsed since={connection.sinceAt} />, attempt {connection.attempt}.{" "}
          {connection.retryAt === null ? (
            "Trying now."
          ) : (
            <>
              The next comes in <Remaining until={connection.retryAt} />.
            </>
          )}
        </>
      );
    case "stopped": {
      const { title, text } = STOP_WORDS[connection.reason];
      return `${title}. ${text}`;
    }
    default:
      return connection satisfies never;
  }
}
