"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { askAdmin } from "./admin-api";

interface Asked<T> {
  /** The latest good answer to this address; what was true stays while a later question fails. */
  readonly data: T | null;
  /** When it came, by this machine's clock. */
  readonly receivedAt: number;
  /** What went wrong with the latest question, and its status; null when nothing did. */
  readonly problem: { readonly status: number; readonly text: string } | null;
  /** Asks now. */
  readonly again: () => void;
}

interface State<T> {
  readonly url: string | null;
  readonly data: T | null;
  readonly receivedAt: number;
  readonly problem: Asked<T>["problem"];
}

const NOTHING = { data: null, receivedAt: 0, problem: null };

/** A change of `cause` does not ask more often than this. */
const LEAST_MS = 400;

/**
 * What the app's server answers at an address, asked anew every `everyMs` while the page is visible, and
 * when `cause` becomes another. Asks nothing without an address.
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
