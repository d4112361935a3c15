import { Client } from "./client.mjs";
import { clock, ONLINE } from "./tools.mjs";

/** @typedef {import("./client.mjs").Driver} Driver */

/** The clients of one process, and what they are waiting for together. */
export class Crowd {
  /** @type {Client[]} */
  clients = [];
  #goal = -1;
  /** @type {Set<Client>} */
  #watched = new Set();
  /** @type {Set<Client>} */
  #pending = new Set();
  /** @type {((at: number) => void) | null} */
  #reached = null;
  /** @type {Set<Client>} */
  #blind = new Set();
  /** @type {(() => void) | null} */
  #allSaw = null;
  /** Opens that failed and were tried again. */
  retries = 0;

  /**
   * @param {Driver} driver
   * @param {number} people in the whole room
   * @param {number[]} indexes of those in this process
   */
  constructor(driver, people, indexes) {
    this.driver = driver;
    this.clients = indexes.map((index) => new Client(index, people, (client) => this.#onNews(client)));
  }

  /**
   * Opens these clients' sockets, so many at a time.
   * @param {Client[]} clients
   * @param {number} concurrency
   */
  async open(clients, concurrency) {
    const waiting = clients.values();
    const opener = async () => {
      for (const client of waiting) await this.#openOne(client);
    };
    await Promise.all(Array.from({ length: concurrency }, opener));
  }

  /** @param {Client} client */
  async #openOne(client) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await client.open(this.driver);
      } catch (error) {
        this.retries += 1;
        if (attempt >= 3) throw error;
      }
    }
  }

  /**
   * Sets what all of these clients are to see, before whatever makes them see it.
   * @param {Client[]} clients
   * @param {number} online so many people online
   * @returns {Promise<number>} when the last of them did
   */
  converge(clients, online) {
    this.#goal = online;
    this.#watched = new Set(clients);
    this.#pending = new Set(clients);
    return new Promise((resolve) => (this.#reached = resolve));
  }

  /**
   * @param {number} index whose status will change
   * @param {number} status
   * @returns {Promise<void>} when all the others have seen it
   */
  expect(index, status) {
    this.#blind.clear();
    for (const client of this.clients) {
      client.expectIndex = index;
      client.expectStatus = status;
      client.sawAt = 0;
      if (client.socket && client.index !== index) this.#blind.add(client);
    }
    return new Promise((resolve) => (this.#allSaw = resolve));
  }

  /** @returns {Float64Array} when each of the others saw what was expected */
  sightings() {
    const seen = this.clients.filter((client) => client.sawAt > 0 && client.index !== client.expectIndex);
    return Float64Array.from(seen, (client) => client.sawAt);
  }

  unmet() {
    return this.#pending.size;
  }

  totals() {
    const totals = { bytes: 0, frames: 0, news: 0, clients: 0 };
    for (const client of this.clients) {
      if (!client.socket) continue;
      totals.bytes += client.bytes;
      totals.frames += client.frames;
      totals.news += client.news;
      totals.clients += 1;
    }
    return totals;
  }

  /** @param {Client} client */
  #onNews(client) {
    if (client.online === this.#goal) {
      this.#pending.delete(client);
      if (this.#pending.size === 0) this.#arrive();
    } else if (this.#watched.has(client)) this.#pending.add(client);
    if (client.sawAt > 0 && this.#blind.delete(client) && this.#blind.size === 0) this.#allSaw?.();
  }

  #arrive() {
    this.#reached?.(clock());
    this.#reached = null;
  }
}

/**
 * A person always sees themselves.
 * @param {Client} client
 */
export function seeSelf(client) {
  if (client.view[client.index] === ONLINE) return;
  client.view[client.index] = ONLINE;
  client.online += 1;
}
