"use client";

import { useEffect, useRef, useState, type FocusEvent } from "react";
import { useMediaQuery } from "../ui/use-media-query";

/**
 * Whether the hints of a table can open: while the pointer or the focus is in it, and always on devices that cannot
 * hover. A row without hints renders in half the time, and rows come and go ten times a second only while no pointer
 * holds them.
 */
export function useArmedHints(): {
  readonly armed: boolean;
  /** The pointer's position in the window; null after it has left the table. */
  readonly onPoint: (at: { readonly x: number; readonly y: number } | null) => void;
  readonly onFocus: (event: FocusEvent) => void;
  readonly onBlur: (event: FocusEvent) => void;
} {
  const taps = useMediaQuery("(hover: none)");
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const focusedHint = useRef<string | null>(null);
  const pointedAt = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const armed = taps || pointed || focused;

  // With a hint the button becomes a new element, which must get the pointer event too.
  useEffect(() => {
    if (!armed) return;
    const selector = focusedHint.current;
    focusedHint.current = null;
    if (selector !== null) document.querySelector<HTMLElement>(selector)?.focus();
    if (pointedAt.current === null) return;
    const { x, y } = pointedAt.current;
    const hint = document.elementFromPoint(x, y)?.closest("[data-hint]");
    hint?.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerType: "mouse" }));
  }, [armed]);

  return {
    armed,
    onPoint(at) {
      pointedAt.current = at;
      setPointed(at !== null);
    },
    onFocus({ target }) {
      const hint = target.getAttribute("data-hint");
      const user = target.closest("[data-user]")?.getAttribute("data-user") ?? null;
      if (!armed && hint !== null && user !== null)
        focusedHint.current = `[data-user="${CSS.escape(user)}"] [data-hint="${hint}"]`;
      setFocused(true);
    },
    onBlur({ currentTarget, relatedTarget }) {
      if (!currentTarget.contains(relatedTarget)) setFocused(false);
    },
  };
}
