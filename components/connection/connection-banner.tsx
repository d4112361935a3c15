"use client";

import type { ConnectionState } from "../../client/connection/connection";
import { usePresenceClient, useConnectionStatus } from "../../client/react/react";
import { Remaining } from "../time/time-text";
import { REMEDY_LABELS, STOP_WORDS, type Remedy } from "./connection-words";

/** The props of `ConnectionBanner`. */
export interface ConnectionBannerProps {
  /** Lets the user sign in again, and then connects. By default the page reloads. */
  readonly onSignIn?: () => void;
  /** Leads a user who may not enter this room elsewhere. By default the browser goes back. */
  readonly onLeave?: () => void;
}

/**
 * Shows at the foot of the page what happened to the connection and what to do. Renders nothing while it is live. The
 * text for screen readers contains no ticking numbers.
 * @throws {Error} outside a provider
 */
export function ConnectionBanner({ onSignIn, onLeave }: ConnectionBannerProps) {
  const client = usePresenceClient();
  const { connection } = useConnectionStatus();

  const reload = () => window.location.reload();
  const remedies: Readonly<Record<Remedy, () => void>> = {
    reconnect: client.reconnect,
    reload,
    signIn: onSignIn ?? reload,
    leave: onLeave ?? (() => window.history.back()),
  };

  return <TroubleBanner connection={connection} onRemedy={(remedy) => remedies[remedy]()} />;
}

interface TroubleBannerProps {
  readonly connection: ConnectionState;
  readonly onRemedy: (remedy: Remedy) => void;
}

/** The banner of a given connection. */
export function TroubleBanner({ connection, onRemedy }: TroubleBannerProps) {
  const trouble = troubleOf(connection);
  return (
    <>
      <p role="status" className="rollcall-sr-only">
        {trouble && `${trouble.title}. ${trouble.text}`}
      </p>
      {trouble && (
        <section aria-label="Connection" className="rollcall-banner">
          <Unplugged />
          <p>
            <strong>{trouble.title}.</strong>{" "}
            <span className="rollcall-muted">
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
          <button type="button" className="rollcall-button" onClick={() => onRemedy(trouble.remedy)}>
            {trouble.retryAt === undefined ? REMEDY_LABELS[trouble.remedy] : "Try now"}
          </button>
        </section>
      )}
    </>
  );
}

/** An unplugged plug. */
function Unplugged() {
  return (
    <svg
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      aria-hidden
    >
      <path d="m1.5 14.5 2-2M12.5 3.5l2-2M7 11l1.5-1.5M5 9l1.5-1.5" />
      <path
        d="m4.5 7.5 4 4-1 1a2.83 2.83 0 0 1-4-4ZM11.5 8.5l-4-4 1-1a2.83 2.83 0 0 1 4 4Z"
        strokeLinejoin="round"
      />
    </svg>
  );
}

interface Trouble {
  readonly title: string;
  readonly text: string;
  readonly remedy: Remedy;
  /** When a connection that returns by itself tries again; null during an attempt. */
  readonly retryAt?: number | null;
}

function troubleOf(connection: ConnectionState): Trouble | null {
  if (connection.status === "stopped") {
    // Signing out is not a problem, and leads to another page.
    return connection.reason === "signedOut" ? null : STOP_WORDS[connection.reason];
  }
  // The first attempt ends before anybody could read the banner. The chip shows it.
  if (connection.status !== "reconnecting" || connection.attempt < 2) return null;
  const text = "It reconnects by itself.";
  return { title: "The connection is lost", text, remedy: "reconnect", retryAt: connection.retryAt };
}
