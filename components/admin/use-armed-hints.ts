"use client";

import { useEffect, useRef, useState, type FocusEvent } from "react";
import { useMediaQuery } from "../ui/use-media-query";

/**
 * Whether the hints in a table can be asked for: while somebody points at it or is in it by keyboard, and
 * always where nothing hovers. A row without its hints is drawn in half the time, and rows come and go ten
 * times a second just when nobody points at them: a pointer holds them.
 */
export function useArmedHints(): {
  readonly armed: boolean;
  /** Where in the window somebody points at the table from now on; null when they have left it. */
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

  // With its hint a button is another element: whoever was there first is told to the new one.
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
