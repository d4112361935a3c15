"use client";

import { Elapsed } from "../time/time-text";

/** «as of 12 s ago»: the age of a stale roster (SY6). */
export function StaleNote({ asOfAt }: { asOfAt: number }) {
  return (
    <span className="rollcall-stale-note">
      as of <Elapsed since={asOfAt} /> ago
    </span>
  );
}
