import { drivePlain, startFloor } from "../lib/floor.mjs";

export const label = "floor: PartyKit broadcasts";
export const note =
  "a bare room with `hibernate: true` that sends one frame per change to everybody; no identity, no heartbeats, nothing kept.";
export const largest = 1_000;

/** @param {{ v8Flags?: string[] }} [options] */
export const start = (options) => startFloor("broadcast", options);
export const drive = drivePlain;
