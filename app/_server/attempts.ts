/** How failures are slowed down. */
export interface AttemptPolicy {
  /** Failures that cost nothing: people mistype. */
  readonly free: number;
  /** The wait after the first failure beyond those; each further one doubles it. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** After so long without a failure all is forgotten. */
  readonly forgetAfterMs: number;
}

/** Addresses are the guesser's to choose: what is remembered of them stays small. */
const MAX_KEYS = 10_000;

interface Failures {
  readonly count: number;
  readonly lastAt: number;
}

/** Counts failed attempts by key, and says how long the next one has to wait (SE5). */
export class Attempts {
  readonly #policy: AttemptPolicy;
  /** The longest unchanged first. */
  readonly #failures = new Map<string, Failures>();

  constructor(policy: AttemptPolicy) {
    this.#policy = policy;
  }

  /** How long until an attempt is let through; 0 when it is now. */
  waitMs(key: string, now: number): number {
    const failures = this.#recent(key, now);
    return failures ? Math.max(0, failures.lastAt + this.#delayMs(failures.count) - now) : 0;
  }

  /** Notes a failed attempt. */
  failed(key: string, now: number): void {
    const count = (this.#recent(key, now)?.count ?? 0) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastAt: now });
    if (this.#failures.size > MAX_KEYS) {
      const [oldest] = this.#failures.keys();
      if (oldest !== undefined) this.#failures.delete(oldest);
    }
  }

  /** Notes a success, which forgives the failures before it. */
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
