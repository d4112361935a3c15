import { drivePlain, startFloor } from "../lib/floor.mjs";

export const label = "floor: PartyKit coalesces";
export const note =
  "the same bare room, which sends at once when it has been quiet and at most every 100 ms otherwise.";

/** @param {{ v8Flags?: string[] }} [options] */
export const start = (options) => startFloor("coalesce", options);
export const drive = drivePlain;
