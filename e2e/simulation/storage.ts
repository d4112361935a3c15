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
  alarmAt: number | null = null;

  constructor(
    readonly now: () => number,
    readonly onAlarmSet: (at: number | null) => void,
  ) {}

  async get<T>(keys: readonly string[]): Promise<Map<string, T>> {
    const found = keys.flatMap((key) => {
      const text = this.#values.get(key);
      return text === undefined ? [] : [[key, JSON.parse(text) as T] as const];
    });
    return new Map(found);
  }

  async list<T>(options: { prefix?: string; start?: string; end?: string; limit?: number } = {}) {
    const { prefix = "", start = "", end, limit = Infinity } = options;
    const keys = [...this.#values.keys()].filter(
      (key) => key.startsWith(prefix) && key >= start && (end === undefined || key < end),
    );
    const found = keys.toSorted().slice(0, limit);
    return new Map(found.map((key) => [key, JSON.parse(this.#values.get(key) ?? "null") as T]));
  }

  async put(key: string | Record<string, unknown>, value?: unknown): Promise<void> {
    const entries = typeof key === "string" ? [[key, value] as const] : Object.entries(key);
    this.#write(entries.map(([name, each]) => [name, JSON.stringify(each)] as const));
  }

  async delete(key: string | readonly string[]): Promise<void> {
    this.#write((typeof key === "string" ? [key] : key).map((name) => [name, null] as const));
  }

  async deleteAll(): Promise<void> {
    this.#write([...this.#values.keys()].map((name) => [name, null] as const));
  }

  async setAlarm(at: number): Promise<void> {
    this.alarmAt = at;
    this.onAlarmSet(at);
  }

  async deleteAlarm(): Promise<void> {
    this.alarmAt = null;
    this.onAlarmSet(null);
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
