"use client";

import { Unplug } from "lucide-react";
import type { ConnectionState } from "../../client/connection";
import { Remaining } from "../time/time-text";
import { SECONDARY_BUTTON } from "../ui/classes";
import { remedyLabel, stopWords, type Remedy } from "./connection-words";

interface ConnectionBannerProps {
  readonly connection: ConnectionState;
  readonly onRemedy: (remedy: Remedy) => void;
}

/**
 * What happened to the connection and what to do, at the foot of the page, where it moves nothing. The
 * words that screen readers announce hold no ticking numbers.
 */
export function ConnectionBanner({ connection, onRemedy }: ConnectionBannerProps) {
  const trouble = troubleOf(connection);
  return (
    <>
      <p role="status" className="sr-only">
        {trouble && `${trouble.title}. ${trouble.text}`}
      </p>
      {trouble && (
        <section
          aria-label="Connection"
          className="fixed inset-x-3 bottom-3 z-40 mx-auto flex max-w-xl animate-rise items-center gap-3 rounded-xl border border-line-strong bg-raised py-2.5 pr-2.5 pl-4 shadow-raised"
        >
          <Unplug className="size-4 shrink-0 text-muted" aria-hidden />
          <p className="min-w-0 flex-1 text-[13px]/[18px]">
            <span className="font-medium">{trouble.title}.</span>{" "}
            <span className="text-muted">
              {trouble.retryAt === undefined ? (
                trouble.text
              ) : trouble.retryAt === null ? (
                "Trying to reconnect…"
              ) : (
                <>
                  Trying again in <Remaining until={trouble.retryAt} />.
                </>
              )}
            </span>
          </p>
          <button type="button" className={SECONDARY_BUTTON} onClick={() => onRemedy(trouble.remedy)}>
            {trouble.retryAt === undefined ? remedyLabel(trouble.remedy) : "Try now"}
          </button>
        </section>
      )}
    </>
  );
}

interface Trouble {
  readonly title: string;
  readonly text: string;
  readonly remedy: Remedy;
  /** Of a connection that comes back by itself: when, or null while it tries. */
  readonly retryAt?: number | null;
}

function troubleOf(connection: ConnectionState): Trouble | null {
  if (connection.status === "stopped") {
    // Signing out is no trouble, and the page of who has done so is another.
    return connection.reason === "signedOut" ? null : stopWords(connection.reason);
  }
  // One lost attempt is a hiccup: the chip tells of it, and it is over before anyone has read this.
  if (connection.status !== "reconnecting" || connection.attempt < 2) return null;
  const text = "It reconnects by itself.";
  return { title: "The connection is lost", text, remedy: "reconnect", retryAt: connection.retryAt };
}
