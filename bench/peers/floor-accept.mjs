import { startFloor } from "../lib/floor.mjs";
import { toDelta } from "../lib/memo.mjs";
import { idOf, ONLINE } from "../lib/tools.mjs";

export const label = "floor: PartyKit accepts";
export const note =
  "a room with `hibernate: true` that takes each socket, answers once, and tells nobody of anybody.";
export const phases = ["join", "quiet"];

/** @param {{ v8Flags?: string[] }} [options] */
export const start = (options) => startFloor("accept", options);

/**
 * @param {string} url
 * @returns {import("../lib/client.mjs").Driver}
 */
export function drive(url) {
  /** @type {import("../lib/memo.mjs").Delta | null} */
  let everybody = null;
  return {
    address: ({ index }) => `${url}?id=${idOf(index)}`,
    received(client) {
      // Nothing is to be seen here: who is in has arrived.
      everybody ??= toDelta(
        Array.from(client.view, (_, index) => [index, ONLINE]),
        true,
      );
      client.apply(everybody);
    },
    leave: (client) => client.letGo()?.close(),
  };
}
