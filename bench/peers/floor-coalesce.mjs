import { drivePlain, startFloor } from "../lib/floor.mjs";

export const label = "floor: PartyKit coalesces";
export const note =
  "the same bare room, which sends at once when it has been quiet and at most every 100 ms otherwise.";

export const start = () => startFloor("coalesce");
export const drive = drivePlain;
