import { Line } from "./line.mjs";

/** A pause in input longer than this ends with a report, as it does in a browser. */
const PAUSE_MS = 5_000;

/** A laptop or a phone, with its user's activity and a page for each of their rooms. */
export class Device {
  #lines;
  #pace;
  #touchedAt = performance.now();
  /** @type {number | null} */
  #hiddenAt = null;
  #typing = false;

  /**
   * @param {object} options
   * @param {string} options.url the room server's
   * @param {readonly string[]} options.rooms
   * @param {string} options.userAgent
   * @param {() => Promise<string>} options.token
   * @param {import("./people.mjs").Choices | null} options.choices
   * @param {number} options.pace how many seconds of these people's lives pass in one
   * @param {(detail: string) => void} options.onRefused
   */
  constructor({ url, rooms, pace, ...options }) {
    this.#pace = pace;
    const base = `${url.replace(/^http/, "ws")}/parties/main`;
    this.#lines = rooms.map(
      (room) => new Line({ ...options, roomUrl: `${base}/${room}`, activity: () => this.#activity() }),
    );
  }

  /** Opens its pages. @param {number} [idleMs] since it was last touched */
  open(idleMs = 0) {
    this.#touchedAt = performance.now() - idleMs / this.#pace;
    this.#hiddenAt = null;
    for (const line of this.#lines) line.open();
  }

  /** The network is gone. */
  cut() {
    for (const line of this.#lines) line.cut();
  }

  /** The network is back. There was no input in the meantime. */
  reconnect() {
    for (const line of this.#lines) line.open();
  }

  /** The lid is shut. */
  freeze() {
    this.#typing = false;
    for (const line of this.#lines) line.freeze();
  }

  /** @param {"leaving" | "signOut"} how */
  end(how) {
    this.#typing = false;
    for (const line of this.#lines) line.end(how);
  }

  touch() {
    const paused = (performance.now() - this.#touchedAt) * this.#pace > PAUSE_MS;
    this.#touchedAt = performance.now();
    if (paused) this.report();
  }

  /** Reports the user's activity without a ping. */
  report() {
    for (const line of this.#lines) line.tellActivity();
  }

  /** @param {boolean} typing */
  type(typing) {
    this.touch();
    this.#typing = typing;
  }

  /** @param {boolean} hidden */
  hide(hidden) {
    this.#hiddenAt = hidden ? performance.now() : null;
    // A user who returns to a tab has clicked on it.
    if (!hidden) this.#touchedAt = performance.now();
    this.report();
  }

  get closed() {
    return this.#lines.every((line) => line.closed);
  }

  /** @returns {import("./line.mjs").Activity} */
  #activity() {
    const now = performance.now();
    if (this.#typing) this.#touchedAt = now;
    const lived = (/** @type {number} */ since) => Math.round((now - since) * this.#pace);
    return {
      idleMs: lived(this.#touchedAt),
      hiddenMs: this.#hiddenAt === null ? null : lived(this.#hiddenAt),
    };
  }
}
