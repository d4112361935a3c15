"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { askAdmin } from "./admin-api";

interface Asked<T> {
  /** The latest successful response. It stays when a later request fails. */
  readonly data: T | null;
  /** When it arrived, on this machine's clock. */
  readonly receivedAt: number;
  /** The error of the latest request and its status; null if it succeeded. */
  readonly problem: { readonly status: number; readonly text: string } | null;
  /** Sends a request now. */
  readonly again: () => void;
}

interface State<T> {
  readonly url: string | null;
  readonly data: T | null;
  readonly receivedAt: number;
  readonly problem: Asked<T>["problem"];
}

const NOTHING = { data: null, receivedAt: 0, problem: null };

/** The shortest time between two requests because of `cause`. */
const LEAST_MS = 400;

/**
 * Fetches an address of the app's server every `everyMs` while the page is visible, and when `cause` changes. Fetches
 * nothing without an address.
 */
export function useAsked<T>(url: string | null, everyMs: number, cause?: unknown): Asked<T> {
  const [state, setState] = useState<State<T>>({ url, ...NOTHING });
  const askNow = useRef<() => void>(() => {});

  useEffect(() => {
    if (url === null) return;
    const asked = url;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = false;
    let askedAt = -Infinity;

    async function ask(): Promise<void> {
      clearTimeout(timer);
      if (asking || abort.signal.aborted || document.visibilityState === "hidden") return;
      asking = true;
      askedAt = performance.now();
      const answer = await askAdmin<T>(asked, { signal: abort.signal });
      asking = false;
      if (abort.signal.aborted) return;
      setState((before) => {
        if (answer.ok) return { url: asked, data: answer.data, receivedAt: Date.now(), problem: null };
        const problem = { status: answer.status, text: answer.problem };
        return { ...(before.url === asked ? before : NOTHING), url: asked, problem };
      });
      timer = setTimeout(() => void ask(), everyMs);
    }

    function askSoon(): void {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), Math.max(0, askedAt + LEAST_MS - performance.now()));
    }

    askNow.current = askSoon;
    void ask();
    document.addEventListener("visibilitychange", askSoon);
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", askSoon);
    };
  }, [url, everyMs]);

  const first = useRef(true);
  useEffect(() => {
    if (!first.current) askNow.current();
    first.current = false;
  }, [cause]);

  const again = useCallback(() => askNow.current(), []);
  return { ...(state.url === url ? state : NOTHING), again };
}
