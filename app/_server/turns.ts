/** The limits of attempts. */
export interface TurnPolicy {
  /** The shortest time between two attempts, in milliseconds. */
  readonly everyMs: number;
  /** After this many recent failures, `slowMs` is the shortest time. */
  readonly budget: number;
  readonly slowMs: number;
  /** The time in which one failure is forgotten, in milliseconds. */
  readonly madeGoodMs: number;
  /** The most attempts that wait. */
  readonly most: number;
  /** The longest wait, in milliseconds. */
  readonly longestMs: number;
}

interface Turn {
  readonly address: string;
  readonly untilAt: number;
  readonly settle: (taken: boolean) => void;
}

/**
 * Allows one attempt at a time, at a limited rate, and locks nobody out (SE5). It picks the next one at random: first
 * an address, then an attempt from it. So an attacker with one address delays only others at that address.
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

  /** Resolves with true when it is this attempt's turn, and with false if it does not get one. */
  async take(address: string): Promise<boolean> {
    return await new Promise((settle) => {
      this.#waiting.push({ address, untilAt: this.#now() + this.#policy.longestMs, settle });
      if (this.#waiting.length > this.#policy.most) this.#dropOne();
      this.#schedule();
    });
  }

  /** Counts a failed attempt. */
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

  /** Rejects one attempt from the address with the most waiting attempts. */
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
