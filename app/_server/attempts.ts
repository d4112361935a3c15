/** How failed attempts are slowed down. */
export interface AttemptPolicy {
  /** Failures without a wait. People mistype. */
  readonly free: number;
  /** The wait after the first failure beyond these. Each further failure doubles it. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** Failures are forgotten after this time without a new one. */
  readonly forgetAfterMs: number;
}

/** The most keys to remember. An attacker can use many addresses. */
const MAX_KEYS = 10_000;

interface Failures {
  readonly count: number;
  readonly lastAt: number;
}

/** Counts failed attempts by key, and returns how long the next one has to wait (SE5). */
export class Attempts {
  readonly #policy: AttemptPolicy;
  /** The least recently changed key comes first. */
  readonly #failures = new Map<string, Failures>();

  constructor(policy: AttemptPolicy) {
    this.#policy = policy;
  }

  /** Milliseconds until the next attempt is allowed; 0 if it is allowed now. */
  waitMs(key: string, now: number): number {
    const failures = this.#recent(key, now);
    return failures ? Math.max(0, failures.lastAt + this.#delayMs(failures.count) - now) : 0;
  }

  /** Counts a failed attempt. */
  failed(key: string, now: number): void {
    const count = (this.#recent(key, now)?.count ?? 0) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastAt: now });
    if (this.#failures.size > MAX_KEYS) {
      const [oldest] = this.#failures.keys();
      if (oldest !== undefined) this.#failures.delete(oldest);
    }
  }

  /** Forgets the failures after a success. */
  succeeded(key: string): void {
    this.#failures.delete(key);
  }

  #recent(key: string, now: number): Failures | undefined {
    const failures = this.#failures.get(key);
    return failures && now - failures.lastAt < this.#policy.forgetAfterMs ? failures : undefined;
  }

  #delayMs(count: number): number {
    const { free, firstDelayMs, maxDelayMs } = this.#policy;
    return count <= free ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** (count - free - 1));
  }
}
