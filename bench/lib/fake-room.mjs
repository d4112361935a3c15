import { encodeDiff, encodeServerMessage, encodeSharedSync, encodeSync } from "../../core/wire/encode.ts";
import { makeViews } from "./core.mjs";

const TIMINGS = {
  intervalMs: 10_000,
  inputPauseMs: 5_000,
  reconnectSpreadMs: 2_500,
  reconnectWithinMs: 22_500,
};

/**
 * A room in place of the server: it answers an admin's page through Playwright's WebSocket route, in the very
 * frames that core encodes, and changes people when it is told to.
 */
export class FakeRoom {
  /** @type {any} */ #socket = null;
  #seq = 0;
  #turn = 0;
  /** @type {Map<string, any>} */ #views;

  /** @param {number} people */
  constructor(people) {
    this.#views = new Map(adminViews(people).map((view) => [view.id, view]));
  }

  /** Takes the page's socket and sends it the roster. @param {import("@playwright/test").WebSocketRoute} socket */
  accept(socket) {
    this.#socket = socket;
    this.#seq = 0;
    socket.onMessage((text) => {
      const message = JSON.parse(String(text));
      if (message.type === "resync") throw new Error("the page missed a diff");
      if (message.type === "probe")
        socket.send(encodeServerMessage({ type: "echo", at: message.at, now: Date.now() }));
    });
    const shared = encodeSharedSync({
      epoch: "bench",
      seq: 0,
      now: Date.now(),
      timings: TIMINGS,
      mode: "roster",
      users: this.#views.values(),
    });
    socket.send(toSend(encodeSync({ userId: "admin", choices: null }, shared)));
  }

  /** Turns so many people from online to away or back, in one diff. @param {number} changes */
  change(changes) {
    const now = Date.now();
    const changed = Array.from({ length: changes }, () => this.#next(now));
    this.#seq += 1;
    this.#socket.send(toSend(encodeDiff({ seq: this.#seq, added: [], changed, removed: [] }, now)));
  }

  /** @param {number} now @returns {any} */
  #next(now) {
    // A stride without a common divisor goes through everybody, far apart on the list.
    this.#turn += 7_919;
    const id = `u${String(this.#turn % this.#views.size).padStart(5, "0")}`;
    const before = this.#views.get(id);
    const status = before.status === "online" ? "away" : "online";
    const reason =
      status === "online"
        ? { kind: "active", connectionId: "c" }
        : { kind: "idle", connections: 1, hidden: 0 };
    const patch = { status, sinceAt: now, lastSeenAt: null, reason };
    this.#views.set(id, { ...before, ...patch });
    return { id, ...patch };
  }
}

/** Playwright takes text and Buffers. @param {string | Uint8Array} frame */
const toSend = (frame) => (typeof frame === "string" ? frame : Buffer.from(frame));

/** Members' views with what admins see: a connection for everybody who is there. @param {number} people */
function adminViews(people) {
  return makeViews(people).map((view) => {
    const here = view.status !== "offline";
    const connection = {
      id: `${view.id}-connection`,
      device: "Chrome on Windows",
      connectedAt: view.sinceAt,
      hiddenAt: null,
      suspectAt: null,
    };
    return {
      ...view,
      // None that would have to come from somewhere: this is about what the page does itself.
      picture: null,
      availability: "auto",
      availabilityUntilAt: null,
      choseAt: null,
      hideLastSeen: false,
      reason: here ? { kind: "active", connectionId: connection.id } : null,
      connections: here ? [connection] : [],
    };
  });
}
