import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const GENERATOR = fileURLToPath(new URL("../generator.mjs", import.meta.url));

/** The processes of the load generator, ordered about together. */
export class Generators {
  /** @type {import("node:child_process").ChildProcess[]} */
  #children = [];
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #lastId = 0;
  /** @type {(() => void) | null} */
  onSaw = null;

  /** @param {number} count */
  constructor(count) {
    for (let each = 0; each < count; each += 1) {
      const child = fork(GENERATOR, [], {
        serialization: "advanced",
        execArgv: [...process.execArgv, "--max-old-space-size=6144", "--max-semi-space-size=64"],
      });
      child.on("message", (message) => this.#onMessage(message));
      child.on("exit", () => this.#failAll("a generator ended"));
      this.#children.push(child);
    }
  }

  get size() {
    return this.#children.length;
  }

  /** @returns {Record<string, number>} */
  get pids() {
    return Object.fromEntries(this.#children.map(({ pid }, index) => [`generator${index}`, pid ?? 0]));
  }

  /** @param {string} order @param {object} [details] @returns {Promise<any[]>} the answers of all */
  all(order, details = {}) {
    return Promise.all(this.#children.map((_, which) => this.one(which, order, details)));
  }

  /** @param {number} which @param {string} order @param {object} [details] @returns {Promise<any>} */
  one(which, order, details = {}) {
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#children[which]?.send({ id, order, ...details });
    });
  }

  end() {
    for (const child of this.#children) {
      child.removeAllListeners("exit");
      child.kill("SIGKILL");
    }
    this.#failAll("the run has ended");
  }

  /** @param {any} message */
  #onMessage({ id, result, error, saw }) {
    if (saw !== undefined) return this.onSaw?.();
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  }

  /** @param {string} why */
  #failAll(why) {
    for (const { reject } of this.#waiting.values()) reject(new Error(why));
    this.#waiting.clear();
  }
}

/**
 * @template Result
 * @param {Promise<Result>} work
 * @param {number} withinMs
 * @param {string} what
 * @returns {Promise<Result>}
 */
export async function limit(work, withinMs, what) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new LimitError(`${what} took more than ${withinMs / 1_000} s`)),
      withinMs,
    );
  });
  // What was given up may still fail later, and then nobody listens.
  work.catch(() => {});
  try {
    return /** @type {Result} */ (await Promise.race([work, late]));
  } finally {
    clearTimeout(timer);
  }
}

/** A phase took too long, which is a result too. */
class LimitError extends Error {}
