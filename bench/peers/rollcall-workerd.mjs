import * as rollcall from "./rollcall.mjs";

export const label = "Rollcall on workerd";
export const note = "the same, with ROLLCALL_ENGINE=workerd.";
export const { credentials, drive } = rollcall;

/** @param {Parameters<typeof rollcall.start>[0]} [options] */
export const start = (options = {}) => rollcall.start({ ...options, engine: "workerd" });
