import type { CSSProperties } from "react";
import { statusWord, type DotStatus } from "./status-words";

/** The props of `StatusDot`. */
export interface StatusDotProps {
  /** The dot to show. */
  readonly status: DotStatus;
  /** Any CSS length; by default `--rollcall-dot-size`. */
  readonly size?: string | undefined;
  /** Leave it out beside a text with the status, which would be read twice. */
  readonly decorative?: boolean | undefined;
}

/**
 * Shows a status by colour and shape, for people who cannot tell green from amber: a filled disc (online), a half moon
 * (away), a ring (offline), a barred disc (do not disturb).
 */
export function StatusDot({ status, size, decorative = false }: StatusDotProps) {
  const style = {
    color: `var(--rollcall-${status})`,
    ...(size && { "--rollcall-dot-size": size }),
  } as CSSProperties;
  const alternative = decorative
    ? ({ "aria-hidden": true } as const)
    : ({ role: "img", "aria-label": statusWord(status) } as const);
  return (
    <svg
      viewBox="0 0 12 12"
      className="rollcall-status-dot"
      style={style}
      data-status={status}
      {...alternative}
    >
      <Shape status={status} />
    </svg>
  );
}

function Shape({ status }: { status: DotStatus }) {
  switch (status) {
    case "online":
      return <circle cx="6" cy="6" r="5.5" fill="currentColor" />;
    case "away":
      // A moon: a disc whose upper right is covered by another.
      return <path d="M5.59.52A5.5 5.5 0 1 0 11.48 6.41 4.2 4.2 0 0 1 5.59.52Z" fill="currentColor" />;
    case "offline":
      return <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="2" />;
    case "dnd":
      return (
        <path
          fillRule="evenodd"
          fill="currentColor"
          d="M6 .5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM3.2 5h5.6v2H3.2Z"
        />
      );
    default:
      return status satisfies never;
  }
}
