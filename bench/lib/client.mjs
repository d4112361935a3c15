import WebSocket from "ws";
import { clock, OFFLINE } from "./tools.mjs";

/** @typedef {import("./memo.mjs").Delta} Delta */

/**
 * How clients of one system behave: its protocol, and nothing else.
 * @typedef {object} Driver
 * @property {(client: Client) => string | Promise<string>} address of the client's WebSocket
 * @property {(client: Client) => void} [opened]
 * @property {(client: Client, frame: Buffer) => void} received
 * @property {(client: Client, status: number) => void} [change]
 * @property {(client: Client, how: string) => void} leave
 * @property {(client: Client) => void} [renew] what the system's own clients repeat every 15 s
 */

/** One person with one socket, and what they know of everybody else. */
export class Client {
  /** @type {WebSocket | null} */
  socket = null;
  /** The status of each person, by index. */
  view;
  online = 0;
  bytes = 0;
  frames = 0;
  /** The number of frames with users. */
  news = 0;
  /** The system's own notes on this client. @type {any} */
  own = null;

  /**
   * @param {number} index
   * @param {number} people
   * @param {(client: Client) => void} onNews
   */
  constructor(index, people, onNews) {
    this.index = index;
    this.view = new Uint8Array(people);
    this.onNews = onNews;
    /** When the status last expected was seen. */
    this.sawAt = 0;
    this.expectIndex = -1;
    this.expectStatus = -1;
  }

  /**
   * @param {Driver} driver
   * @returns {Promise<void>} when the socket is open
   */
  async open(driver) {
    this.view.fill(OFFLINE);
    this.online = 0;
    const address = await driver.address(this);
    await new Promise((resolve, reject) => {
      const socket = new WebSocket(address, {
        perMessageDeflate: false,
        skipUTF8Validation: true,
        maxPayload: 64 << 20,
        handshakeTimeout: 120_000,
      });
      this.socket = socket;
      socket.on("message", (/** @type {Buffer} */ data) => {
        if (this.socket !== socket) return;
        this.frames += 1;
        this.bytes += data.length + (data.length < 126 ? 2 : data.length < 65_536 ? 4 : 10);
        driver.received(this, data);
      });
      socket.once("open", () => {
        driver.opened?.(this);
        resolve(undefined);
      });
      socket.on("error", reject);
      socket.once("close", () => reject(new Error("closed while opening")));
    });
  }

  /** @param {string | Uint8Array} data */
  send(data) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(data);
  }

  /** Forgets the socket; what still comes from it is not looked at. */
  letGo() {
    const { socket } = this;
    this.socket = null;
    return socket;
  }

  /** @param {Delta | null} delta */
  apply(delta) {
    if (!delta) return;
    const { view } = this;
    this.news += 1;
    if (delta.full) {
      view.fill(OFFLINE);
      this.online = 0;
    }
    const { indexes, statuses } = delta;
    for (let at = 0; at < indexes.length; at += 1) {
      const index = /** @type {number} */ (indexes[at]);
      const status = /** @type {number} */ (statuses[at]);
      if (view[index] === OFFLINE) this.online += status === OFFLINE ? 0 : 1;
      else if (status === OFFLINE) this.online -= 1;
      view[index] = status;
    }
    if (this.sawAt === 0 && view[this.expectIndex] === this.expectStatus) this.sawAt = clock();
    this.onNews(this);
  }
}
