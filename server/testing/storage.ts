import type { Batch, ListQuery } from "../host";

interface Write {
  readonly at: number;
  readonly entries: readonly (readonly [key: string, text: string | null])[];
}

/** How long a write may take to be safe on the disk. */
export const CONFIRM_MS = 40;

/**
 * A room's storage. Reads see every write at once; a crash takes back the latest of those that the disk
 * has not confirmed: some suffix of them, so that the server may die between any two.
 */
export class FakeStorage {
  readonly #values = new Map<string, string>();
  readonly #disk = new Map<string, string>();
  #unconfirmed: Write[] = [];

  constructor(readonly now: () => number = () => 0) {}

  get(keys: readonly string[]): Map<string, unknown> {
    return new Map(keys.flatMap((key) => (this.#values.has(key) ? [[key, this.#read(key)]] : [])));
  }

  list({ prefix = "", start = "", end, limit = Infinity, reverse = false }: ListQuery): Map<string, unknown> {
    const keys = [...this.#values.keys()].filter(
      (key) => key.startsWith(prefix) && key >= start && (end === undefined || key < end),
    );
    const sorted = reverse ? keys.toSorted().toReversed() : keys.toSorted();
    return new Map(sorted.slice(0, limit).map((key) => [key, this.#read(key)]));
  }

  write({ clear = false, put, remove }: Batch): void {
    const cleared = clear ? [...this.#values.keys()] : [];
    this.#write([
      ...[...cleared, ...remove].map((key) => [key, null] as const),
      ...put.map(([key, value]) => [key, JSON.stringify(value)] as const),
    ]);
  }

  #read(key: string): unknown {
    return JSON.parse(this.#values.get(key) ?? "null");
  }

  /** The machine dies: of what is not confirmed only the first writes survive. Returns how many are lost. */
  crash(share: number): number {
    this.#confirm();
    const kept = Math.round(share * this.#unconfirmed.length);
    const lost = this.#unconfirmed.length - kept;
    for (const { entries } of this.#unconfirmed.slice(0, kept)) store(this.#disk, entries);
    this.#unconfirmed = [];
    this.#values.clear();
    for (const [key, text] of this.#disk) this.#values.set(key, text);
    return lost;
  }

  #write(entries: Write["entries"]): void {
    this.#confirm();
    store(this.#values, entries);
    this.#unconfirmed.push({ at: this.now(), entries });
  }

  #confirm(): void {
    const safeBefore = this.now() - CONFIRM_MS;
    let write = this.#unconfirmed[0];
    while (write && write.at <= safeBefore) {
      store(this.#disk, write.entries);
      this.#unconfirmed.shift();
      write = this.#unconfirmed[0];
    }
  }
}

function store(map: Map<string, string>, entries: Write["entries"]): void {
  for (const [key, text] of entries) {
    if (text === null) map.delete(key);
    else map.set(key, text);
  }
}
