import { randomUUID } from "node:crypto";
import WebSocket from "ws";
import { frameText } from "../frame-text.mjs";
import { PROTOCOL_VERSION } from "../../core/wire/protocol.ts";

// After these a retry is useless: the token, the room or the version is refused.
const REFUSED = new Set([4401, 4403, 4406]);
// After these the client connects again.
const RETRIED = new Set([1006, 4407, 4408, 4503]);
const LONGEST_RETRY_MS = 15_000;

/**
 * @typedef {{ idleMs: number, hiddenMs: number | null }} Activity
 * @typedef {object} LineOptions
 * @property {string} roomUrl `ws://…/parties/main/<room>`
 * @property {string} userAgent
 * @property {() => Promise<string>} token
 * @property {() => Activity} activity
 * @property {import("./people.mjs").Choices | null} choices what its user tells the others of themselves
 * @property {(detail: string) => void} onRefused
 */

/** One page's socket to a room. Answers pings, and reconnects after a cut. */
export class Line {
  /** Never changes, like a tab's id, so that the room recognises a return. */
  #clientId = randomUUID();
  /** @type {WebSocket | null} */
  #socket = null;
  #wanted = false;
  #frozen = false;
  #attempts = 0;
  #spreadMs = 1_000;
  #chosen = false;
  /** @type {NodeJS.Timeout | undefined} */
  #retry;
  #options;

  /** @param {LineOptions} options */
  constructor(options) {
    this.#options = options;
  }

  open() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#frozen = false;
    // After a wake the old connection is dead, even if the socket looks open.
    this.#socket?.terminate();
    void this.#connect();
  }

  /** The network is gone. */
  cut() {
    this.#wanted = false;
    clearTimeout(this.#retry);
    this.#socket?.terminate();
  }

  /** The lid is shut: the socket stays open and nobody answers. */
  freeze() {
    this.#wanted = false;
    this.#frozen = true;
    clearTimeout(this.#retry);
  }

  /** Ends it in an orderly way: the page is closed, or its user signs out. @param {"leaving" | "signOut"} type */
  end(type) {
    this.#wanted = false;
    clearTimeout(this.#retry);
    this.#send({ type });
  }

  /** The user came back to the page, or hid it. */
  tellActivity() {
    this.#send({ type: "activity", ...this.#options.activity() });
  }

  get closed() {
    return this.#socket === null;
  }

  /** Sends the choices once. The room keeps them. */
  #choose() {
    const { choices } = this.#options;
    if (choices && !this.#chosen) this.#send({ type: "choose", request: 1, ...choices });
    this.#chosen = true;
  }

  /** @param {object} message */
  #send(message) {
    if (!this.#frozen && this.#socket?.readyState === WebSocket.OPEN)
      this.#socket.send(JSON.stringify(message));
  }

  async #connect() {
    const { roomUrl, userAgent, token, activity } = this.#options;
    const { idleMs, hiddenMs } = activity();
    const params = new URLSearchParams({
      token: await token(),
      v: String(PROTOCOL_VERSION),
      client: this.#clientId,
      idle: String(idleMs),
      ...(hiddenMs !== null && { hidden: String(hiddenMs) }),
    });
    if (!this.#wanted) return;
    const socket = new WebSocket(`${roomUrl}?${params}`, {
      headers: { "user-agent": userAgent },
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let closedWith = 1006;
    socket.on("message", (data, isBinary) => {
      const text = frameText(data, isBinary);
      // Most messages are diffs, and the demo does not use the roster.
      if (this.#frozen || text.startsWith('{"type":"diff"')) return;
      const message = JSON.parse(text);
      if (message.type === "ping") this.#send({ type: "pong", at: message.now, ...activity() });
      else if (message.type === "sync") {
        this.#attempts = 0;
        this.#spreadMs = message.timings.reconnectSpreadMs;
        this.#choose();
      } else if (message.type === "closing") {
        closedWith = message.code;
        if (REFUSED.has(message.code)) this.#options.onRefused(message.detail);
        // The server's close can take many seconds to arrive.
        socket.terminate();
      }
    });
    // Every error is followed by a close.
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      if (this.#wanted && RETRIED.has(closedWith)) this.#retryLater();
    });
  }

  #retryLater() {
    const delay = Math.min(this.#spreadMs * 2 ** this.#attempts, LONGEST_RETRY_MS) * Math.random();
    this.#attempts += 1;
    this.#retry = setTimeout(() => void this.#connect(), delay);
  }
}
