import type { Status } from "../../core/terms";

/** The statuses in the order in which people are shown. */
export const STATUSES: readonly Status[] = ["online", "away", "offline"];

const WORDS: Readonly<Record<Status | "dnd", string>> = {
  online: "Online",
  away: "Away",
  offline: "Offline",
  dnd: "Do not disturb",
};

/** A status in words. */
export function statusWord(status: Status | "dnd"): string {
  return WORDS[status];
}
