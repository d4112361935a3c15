/** Something that happens at an instant of the world's only clock. */
interface Task {
  readonly at: number;
  readonly order: number;
  run: (() => void | Promise<void>) | null;
}

/** The world's clock and what it has in store. Tasks of one instant run in the order in which they were made. */
export class Scheduler {
  now: number;
  /** Set by whoever has settled a promise: what hangs on it must run before time goes on. */
  unsettled = false;
  readonly #heap: Task[] = [];
  #order = 0;

  constructor(startAt: number) {
    this.now = startAt;
  }

  at(at: number, run: () => void | Promise<void>): () => void {
    const task: Task = { at: Math.max(at, this.now), order: this.#order++, run };
    this.#push(task);
    return () => (task.run = null);
  }

  after(ms: number, run: () => void | Promise<void>): () => void {
    return this.at(this.now + Math.max(0, ms), run);
  }

  /** Runs everything up to `until`; `afterEach` looks at the world in between. */
  async runUntil(until: number, afterEach: () => void): Promise<void> {
    for (let task = this.#heap[0]; task && task.at <= until; task = this.#heap[0]) {
      this.#pop();
      if (!task.run) continue;
      // Somebody may have let time pass in which nothing ran.
      this.now = Math.max(this.now, task.at);
      const pending = task.run();
      if (pending) await pending;
      if (this.unsettled) await this.#settle();
      afterEach();
    }
    this.now = Math.max(this.now, until);
  }

  async #settle(): Promise<void> {
    this.unsettled = false;
    for (let turn = 0; turn < 24; turn += 1) await Promise.resolve();
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let index = heap.push(task) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(task, heap[parent] as Task)) break;
      heap[index] = heap[parent] as Task;
      index = parent;
    }
    heap[index] = task;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Task, heap[child] as Task)) child += 1;
      if (!isBefore(heap[child] as Task, last)) break;
      heap[index] = heap[child] as Task;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
