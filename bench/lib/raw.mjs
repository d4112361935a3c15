import WebSocket from "ws";
import { frameText } from "../../scripts/frame-text.mjs";
import { PROTOCOL_VERSION } from "../../core/wire/protocol.ts";

/**
 * A connection over Rollcall's wire format as it is, for measuring what single connections cost.
 * @typedef {object} RawOptions
 * @property {string} [scope]
 * @property {string[]} [ids] whom to watch, with the scope `users`
 * @property {{ epoch: string, seq: number }} [known] up to where it had been told
 */

export class Raw {
  bytes = 0;
  frames = 0;
  /** How it was greeted: `sync` or `resumed`. */
  greeting = "";
  epoch = "";
  seq = 0;
  /** @type {() => void} */
  #greeted = () => {};
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {{ idleMs: number, hiddenMs: number | null }} */
  #activity = { idleMs: 0, hiddenMs: null };

  /**
   * @param {string} address of the room, with the token
   * @param {string} id of the page
   */
  constructor(address, id) {
    this.address = address;
    this.id = id;
  }

  /** Resolves when the server has greeted it. @param {RawOptions} [options] */
  async open({ scope = "roster", ids = [], known } = {}) {
    const resume = known ? `&epoch=${known.epoch}&seq=${known.seq}` : "";
    const socket = new WebSocket(
      `${this.address}&v=${PROTOCOL_VERSION}&idle=0&client=${this.id}&scope=${scope}${resume}`,
      {
        perMessageDeflate: false,
        maxPayload: 64 << 20,
      },
    );
    this.#socket = socket;
    const greeted = new Promise((resolve) => (this.#greeted = () => resolve(undefined)));
    socket.on("error", () => {});
    socket.on("message", (data, isBinary) => {
      if (this.#socket !== socket) return;
      this.bytes += /** @type {Buffer} */ (data).length;
      this.#receive(frameText(data, isBinary), ids);
    });
    await greeted;
  }

  /** @param {object} message */
  say(message) {
    this.#socket?.send(JSON.stringify(message));
  }

  /** Hides the page or shows it; each answer to a ping says so from then on. @param {boolean} hidden */
  hide(hidden) {
    this.#activity = { idleMs: 0, hiddenMs: hidden ? 3_600_000 : null };
    this.say({ type: "activity", ...this.#activity });
  }

  /** Vanishes. */
  drop() {
    this.#socket?.terminate();
    this.#socket = null;
  }

  resetCounts() {
    this.bytes = 0;
    this.frames = 0;
  }

  /** @param {string} text @param {string[]} ids */
  #receive(text, ids) {
    this.frames += 1;
    const type = text.slice(9, text.indexOf('"', 9));
    if (type === "ping") {
      this.say({ type: "pong", at: JSON.parse(text).now, ...this.#activity });
      return;
    }
    if (type === "rescope") {
      this.say({ type: "scope", scope: "users", ids });
      return;
    }
    if (type !== "sync" && type !== "resumed" && type !== "diff") return;
    const seq = /"seq":(\d+)/.exec(text);
    this.seq = Number(seq?.[1]);
    if (type === "diff") return;
    this.greeting = type;
    this.epoch = /"epoch":"([^"]*)"/.exec(text)?.[1] ?? this.epoch;
    this.#greeted();
  }
}

/**
 * Does something with each, so many at a time.
 * @template Item
 * @param {Item[]} items
 * @param {number} atOnce
 * @param {(item: Item, index: number) => Promise<unknown>} work
 */
export async function each(items, atOnce, work) {
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) await work(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
