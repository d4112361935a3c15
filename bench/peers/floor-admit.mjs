import { startFloor } from "../lib/floor.mjs";
import { drive as driveAccept } from "./floor-accept.mjs";
import { credentials as sign, SECRET } from "./rollcall.mjs";

export const label = "floor: PartyKit admits";
export const note =
  "the room that only accepts, behind an edge that verifies a token (HS256, with `jose`) and tells the room whose it is.";
export const phases = ["join", "quiet"];

/** @param {{ v8Flags?: string[] }} [options] */
export const start = (options) => startFloor("accept", options, { party: "admit", env: { SECRET } });

/** The same tokens as Rollcall's. */
export const credentials = sign;

/**
 * @param {string} url
 * @param {[number, string][]} tokens
 * @returns {import("../lib/client.mjs").Driver}
 */
export function drive(url, tokens) {
  const tokenOf = new Map(tokens);
  return { ...driveAccept(url), address: ({ index }) => `${url}?token=${tokenOf.get(index)}` };
}
