/** How many attempts are let through, and who waits. */
export interface TurnPolicy {
  /** At least so long lies between two attempts, in milliseconds. */
  readonly everyMs: number;
  /** After so many failed attempts that were not yet made good by time, `slowMs` lies between two. */
  readonly budget: number;
  readonly slowMs: number;
  /** One failed attempt is made good in this time. */
  readonly madeGoodMs: number;
  /** So many wait at most. */
  readonly most: number;
  /** Nobody waits for longer. */
  readonly longestMs: number;
}

interface Turn {
  readonly address: string;
  readonly untilAt: number;
  readonly settle: (taken: boolean) => void;
}

/**
 * Lets attempts through one after the other, at a bounded rate, and locks nobody out (SE5). The next one is drawn by lot:
 * first an address, then one of those who wait there. So whoever sends many attempts from one address delays others from
 * there, and nobody else.
 */
export class Turns {
  readonly #policy: TurnPolicy;
  readonly #random: () => number;
  readonly #now: () => number;
  #waiting: Turn[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #takenAt = -Infinity;
  #failures = 0;
  #failuresAt = 0;

  constructor(
    policy: TurnPolicy,
    random: () => number = Math.random,
    now: () => number = () => performance.now(),
  ) {
    this.#policy = policy;
    this.#random = random;
    this.#now = now;
  }

  /** Resolves with true when it is this attempt's turn, and with false when it has waited in vain. */
  async take(address: string): Promise<boolean> {
    return await new Promise((settle) => {
      this.#waiting.push({ address, untilAt: this.#now() + this.#policy.longestMs, settle });
      if (this.#waiting.length > this.#policy.most) this.#dropOne();
      this.#schedule();
    });
  }

  /** Notes that an attempt failed. */
  failed(): void {
    this.#failures = this.#owed() + 1;
    this.#failuresAt = this.#now();
  }

  #owed(): number {
    return Math.max(0, this.#failures - (this.#now() - this.#failuresAt) / this.#policy.madeGoodMs);
  }

  #schedule(): void {
    if (this.#timer !== null || this.#waiting.length === 0) return;
    const gapMs = this.#owed() < this.#policy.budget ? this.#policy.everyMs : this.#policy.slowMs;
    this.#timer = setTimeout(() => this.#next(), Math.max(0, this.#takenAt + gapMs - this.#now()));
  }

  #next(): void {
    this.#timer = null;
    const now = this.#now();
    for (const turn of this.#waiting) if (turn.untilAt <= now) turn.settle(false);
    this.#waiting = this.#waiting.filter(({ untilAt }) => untilAt > now);
    const addresses = [...new Set(this.#waiting.map(({ address }) => address))];
    const address = this.#oneOf(addresses);
    const chosen = this.#oneOf(this.#waiting.filter((turn) => turn.address === address));
    if (chosen) {
      this.#waiting = this.#waiting.filter((turn) => turn !== chosen);
      this.#takenAt = now;
      chosen.settle(true);
    }
    this.#schedule();
  }

  /** Sends one away, of those at the address where most wait. */
  #dropOne(): void {
    const counts = new Map<string, number>();
    for (const { address } of this.#waiting) counts.set(address, (counts.get(address) ?? 0) + 1);
    const [crowded] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most));
    const dropped = this.#oneOf(this.#waiting.filter(({ address }) => address === crowded));
    this.#waiting = this.#waiting.filter((turn) => turn !== dropped);
    dropped?.settle(false);
  }

  #oneOf<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.#random() * list.length)];
  }
}
