"use client";

import { useEffect, useId, useRef, useState, type CSSProperties } from "react";
import { ExactTime, PlainTimeAgo } from "./time-text";

/** The props of `LastSeen`. */
export interface LastSeenProps {
  /** Milliseconds since 1970 on the server's clock, such as a user's `lastSeenAt`. */
  readonly at: number;
}

/** «4 min ago», updated as time passes. Hover, touch and keyboard open a tooltip with the exact instant. */
export function LastSeen({ at }: LastSeenProps) {
  const button = useRef<HTMLButtonElement>(null);
  const tipId = useId();
  const [place, setPlace] = useState<CSSProperties | null>(null);
  const open = (): void => setPlace(placeBy(button.current));
  const close = (): void => setPlace(null);

  // Its position is fixed, so it would not scroll with the page.
  const isOpen = place !== null;
  useEffect(() => {
    if (!isOpen) return;
    const ending = new AbortController();
    window.addEventListener("scroll", () => setPlace(null), { capture: true, signal: ending.signal });
    return () => {
      ending.abort();
    };
  }, [isOpen]);

  return (
    <span onPointerEnter={(event) => event.pointerType === "mouse" && open()} onPointerLeave={close}>
      <button
        ref={button}
        type="button"
        className="rollcall-time-button"
        aria-describedby={place ? tipId : undefined}
        onFocus={open}
        onBlur={close}
        onClick={open}
        onKeyDown={(event) => event.key === "Escape" && close()}
      >
        <PlainTimeAgo at={at} />
      </button>
      {place && (
        <span id={tipId} role="tooltip" className="rollcall-tip" style={place}>
          <span>
            <ExactTime at={at} />
          </span>
        </span>
      )}
    </span>
  );
}

/** Places it above the button if there is space, aligned to the button's outer edge, so that it stays on the page. */
function placeBy(button: HTMLElement | null): CSSProperties | null {
  if (!button) return null;
  const { left, right, top, bottom } = button.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  return {
    ...(left + right > clientWidth ? { right: clientWidth - right } : { left }),
    ...(top > ROOM_ABOVE ? { bottom: clientHeight - top } : { top: bottom }),
  };
}

/** The tooltip's size in pixels. */
const ROOM_ABOVE = 48;
