import { startFloor } from "../lib/floor.mjs";
import { drive as driveAccept } from "./floor-accept.mjs";

export const label = "floor: PartyKit heartbeats";
export const note =
  "the room that only accepts, which sends everybody the same frame every 10 s and reads what they answer: a heartbeat that nothing is made of.";
export const phases = ["join", "quiet"];

/** @param {{ v8Flags?: string[] }} [options] */
export const start = (options) => startFloor("heartbeat", options);

/**
 * @param {string} url
 * @returns {import("../lib/client.mjs").Driver}
 */
export function drive(url) {
  const accept = driveAccept(url);
  return {
    ...accept,
    received(client, frame) {
      // The first frame is an empty list.
      if (frame.length <= 2) return accept.received(client, frame);
      const { now } = JSON.parse(frame.toString());
      client.send(JSON.stringify({ type: "pong", at: now, idleMs: 0, hiddenMs: null }));
    },
  };
}
