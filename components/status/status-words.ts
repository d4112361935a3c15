import type { Status, StatusMessage, User } from "../../core/shared/terms";

/** What a dot shows: a status, or "do not disturb". */
export type DotStatus = Status | "dnd";

/** The dot of a user: the status, or "do not disturb" (ST3). */
export function dotOf({ status, dnd }: Pick<User, "status" | "dnd">): DotStatus {
  return dnd ? "dnd" : status;
}

const WORDS: Readonly<Record<DotStatus, string>> = {
  online: "Online",
  away: "Away",
  offline: "Offline",
  dnd: "Do not disturb",
};

/** The word for a status. */
export function statusWord(status: DotStatus): string {
  return WORDS[status];
}

/** A status message as one line of text (ST4). */
export function messageInWords({ emoji, text }: StatusMessage): string {
  return [emoji, text].filter(Boolean).join(" ");
}
