import { drivePlain, startFloor } from "../lib/floor.mjs";

export const label = "floor: PartyKit broadcasts";
export const note =
  "a bare room with `hibernate: true` that sends one frame per change to everybody; no identity, no heartbeats, nothing kept.";
export const largest = 1_000;

export const start = () => startFloor("broadcast");
export const drive = drivePlain;
