/** The outcome of one attempt to deliver a webhook. */
export type Outcome =
  | { readonly kind: "delivered" }
  /** The receiver will never take this message. It is set aside; then nothing is sent for `pauseMs`. */
  | { readonly kind: "refused"; readonly status: number; readonly pauseMs: number }
  /** The receiver cannot take it now. The next attempt is after `retryAfterMs` at the earliest. */
  | { readonly kind: "failed"; readonly why: string; readonly retryAfterMs: number };

const RETRY_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000] as const;
/** The longest wait between two attempts, whatever the receiver asks for. */
const LONGEST_MS = 3_600_000;

/** 4xx responses that mean "later": too slow, too early, too many. */
const LATER = new Set([408, 425, 429]);
const GONE = 410;

/** The wait after this many failed attempts, in milliseconds. It grows, with a random spread of up to a fifth. */
export function retryDelayMs(attempts: number, random: number): number {
  const base = RETRY_MS[Math.min(attempts, RETRY_MS.length) - 1] ?? RETRY_MS[0];
  return Math.round(base * (0.9 + 0.2 * random));
}

/**
 * Judges a receiver's response. 2xx: delivered. 4xx: refused, except for those that mean "later". 410: the receiver is
 * gone, and has an hour to come back. Everything else, including redirects: the receiver does not work now.
 */
export function outcomeOf(status: number, retryAfter: string | null, now: number): Outcome {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  if (status >= 400 && status < 500 && !LATER.has(status))
    return { kind: "refused", status, pauseMs: status === GONE ? LONGEST_MS : 0 };
  return { kind: "failed", why: String(status), retryAfterMs: retryAfterMs(retryAfter, now) };
}

/** Reads a `Retry-After` header: seconds, or a date. 0 if it is missing or invalid. */
function retryAfterMs(header: string | null, now: number): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return ms > 0 ? Math.min(ms, LONGEST_MS) : 0;
}
