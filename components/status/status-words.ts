import type { Status, StatusMessage, UserView } from "../../core/shared/terms";

/** What a dot can show: a status, or the mark of somebody who does not want to be disturbed. */
export type DotStatus = Status | "dnd";

/** The dot of a user: the status, or the mark of who does not want to be disturbed (ST3). */
export function dotOf({ status, dnd }: Pick<UserView, "status" | "dnd">): DotStatus {
  return dnd ? "dnd" : status;
}

const WORDS: Readonly<Record<DotStatus, string>> = {
  online: "Online",
  away: "Away",
  offline: "Offline",
  dnd: "Do not disturb",
};

/** A status in words. */
export function statusWord(status: DotStatus): string {
  return WORDS[status];
}

/** A status message in one line of text (ST4). */
export function messageInWords({ emoji, text }: StatusMessage): string {
  return [emoji, text].filter(Boolean).join(" ");
}
