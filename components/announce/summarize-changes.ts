import { isolate } from "../../core/shared/text";
import { STATUSES } from "../../core/shared/statuses";
import type { Status, User } from "../../core/shared/terms";

/** Users by id at one moment. */
export type Seen = ReadonlyMap<string, Pick<User, "name" | "status">>;

const VERBS: Readonly<Record<Status, string>> = {
  online: "came online",
  away: "went away",
  offline: "went offline",
};

/** The changes between two moments in one sentence: «3 people came online, Ada went away.» Empty without changes. */
export function summarizeChanges(before: Seen, after: Seen, selfId: string | null): string {
  const moved: Record<Status, string[]> = { online: [], away: [], offline: [] };
  for (const [id, { name, status }] of after) {
    const old = before.get(id)?.status ?? "offline";
    if (id !== selfId && status !== old) moved[status].push(isolate(name));
  }
  const parts: string[] = [];
  for (const status of STATUSES) {
    const [first, ...others] = moved[status];
    if (first === undefined) continue;
    parts.push(`${others.length === 0 ? first : `${others.length + 1} people`} ${VERBS[status]}`);
  }
  return parts.length === 0 ? "" : `${parts.join(", ")}.`;
}
