/** What came of one attempt to deliver a webhook. */
export type Outcome =
  | { readonly kind: "delivered" }
  /** The receiver will never take this message. It is set aside; then nothing is sent for `pauseMs`. */
  | { readonly kind: "refused"; readonly status: number; readonly pauseMs: number }
  /** The receiver cannot take it now. It is tried again, after `retryAfterMs` at the earliest. */
  | { readonly kind: "failed"; readonly why: string; readonly retryAfterMs: number };

const RETRY_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000] as const;
/** No receiver is waited for longer than this between two attempts, whatever it asks for. */
const LONGEST_MS = 3_600_000;

/** 4xx answers that say «later», not «never»: too slow, too early, too many. */
const LATER = new Set([408, 425, 429]);
const GONE = 410;

/** How long to wait after so many failed attempts, in milliseconds: growing, and spread by up to a fifth. */
export function retryDelayMs(attempts: number, random: number): number {
  const base = RETRY_MS[Math.min(attempts, RETRY_MS.length) - 1] ?? RETRY_MS[0];
  return Math.round(base * (0.9 + 0.2 * random));
}

/**
 * Judges the answer of a receiver. 2xx has taken the message. 4xx has refused it, but for those that say «later».
 * 410 says that the receiver is gone: it has an hour to come back. Everything else, redirects included, is a receiver
 * that does not work at the moment.
 */
export function outcomeOf(status: number, retryAfter: string | null, now: number): Outcome {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  if (status >= 400 && status < 500 && !LATER.has(status))
    return { kind: "refused", status, pauseMs: status === GONE ? LONGEST_MS : 0 };
  return { kind: "failed", why: String(status), retryAfterMs: retryAfterMs(retryAfter, now) };
}

/** Reads a `Retry-After` header: seconds, or a date. 0 when there is none that makes sense. */
function retryAfterMs(header: string | null, now: number): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return ms > 0 ? Math.min(ms, LONGEST_MS) : 0;
}
