"use client";

import { Elapsed } from "../time/time-text";

/** «as of 12 s ago»: how old a roster is that cannot be renewed (SY6). */
export function StaleNote({ asOfAt }: { asOfAt: number }) {
  return (
    <span className="rollcall-stale-note">
      as of <Elapsed since={asOfAt} /> ago
    </span>
  );
}
