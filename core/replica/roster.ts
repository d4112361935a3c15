import type { ResumePoint } from "../wire/hello";
import type { ServerMessage } from "../wire/protocol";
import type { Mode } from "../shared/scope";
import type { Counts } from "../shared/roster-query";
import type { UserView } from "../shared/terms";

/** The client's replica of a room, as of the server's instant `asOfAt`. Users are immutable, the map is not. */
export interface Roster {
  epoch: string | null;
  seq: number;
  asOfAt: number;
  selfId: string | null;
  /** What of the room is in it (VW1, VW2). */
  mode: Mode;
  /** How many of everybody have each status, as far as it is told apart from the users; else null. */
  counts: Counts | null;
  readonly users: Map<string, UserView>;
}

/** What a message did to the replica: the ids that changed, everything anew, or a gap in the numbers (SY4). */
export type Applied =
  | { readonly kind: "changed"; readonly ids: readonly string[] }
  | { readonly kind: "replaced" }
  | { readonly kind: "gap" };

/** What the server sends that the replica is made of. */
export type RosterMessage = ServerMessage & { type: "sync" | "resumed" | "diff" | "page" };

/** A replica that has heard nothing yet. */
export function createRoster(): Roster {
  return {
    epoch: null,
    seq: 0,
    asOfAt: 0,
    selfId: null,
    mode: "roster",
    counts: null,
    users: new Map(),
  };
}

/** Up to where the replica has been told, for a server that still has the rest (SY4); null when it knows no roster. */
export function resumePointOf({ epoch, seq, mode }: Roster): ResumePoint | null {
  return epoch !== null && mode === "roster" ? { epoch, seq } : null;
}

/**
 * Applies a sync (SY1), what was missed, a diff or a page (VW2). What does not follow the last one leaves the
 * replica as it is and answers `gap`: ask for a sync (SY4). Users that a message does not change keep their
 * identity, so that nothing renders again for them.
 */
export function applyToRoster(roster: Roster, message: RosterMessage): Applied {
  switch (message.type) {
    case "sync":
      replaceUsers(roster, message.users);
      roster.epoch = message.epoch;
      roster.selfId = message.self;
      roster.mode = message.mode;
      roster.counts = message.counts;
      return proven(roster, message, { kind: "replaced" });
    case "page": {
      const self = roster.selfId === null ? undefined : roster.users.get(roster.selfId);
      // Everybody is heard of already, from whoever answers this late.
      if (roster.mode !== "pages") return { kind: "changed", ids: [] };
      const onPage = message.users.some(({ id }) => id === self?.id);
      replaceUsers(roster, self && !onPage ? [...message.users, self] : message.users);
      return proven(roster, message, { kind: "replaced" });
    }
    case "resumed":
      if (roster.mode !== "roster" || message.from !== roster.seq) return { kind: "gap" };
      roster.selfId = message.self;
      return proven(roster, message, { kind: "changed", ids: applyMissed(roster, message) });
    case "diff":
      if (!follows(roster, message)) return { kind: "gap" };
      return proven(roster, message, { kind: "changed", ids: applyDiff(roster, message) });
    default:
      return message satisfies never;
  }
}

function follows(roster: Roster, { seq, changed }: RosterMessage & { type: "diff" }): boolean {
  // Who hears of some is not sent every number.
  if (roster.epoch === null || (roster.mode === "roster" ? seq !== roster.seq + 1 : seq <= roster.seq))
    return false;
  // A change of somebody unknown means that something was missed, whatever the numbers say.
  return changed.every((patch) => roster.users.has(patch.id));
}

function proven(roster: Roster, { seq, now }: RosterMessage, applied: Applied): Applied {
  roster.seq = seq;
  roster.asOfAt = now;
  return applied;
}

function applyDiff(roster: Roster, message: RosterMessage & { type: "diff" }): string[] {
  const ids: string[] = [];
  for (const view of message.added) {
    roster.users.set(view.id, view);
    ids.push(view.id);
  }
  for (const patch of message.changed) {
    roster.users.set(patch.id, { ...roster.users.get(patch.id), ...patch } as UserView);
    ids.push(patch.id);
  }
  for (const id of message.removed) {
    roster.users.delete(id);
    ids.push(id);
  }
  if (message.counts) roster.counts = message.counts;
  return ids;
}

function applyMissed(roster: Roster, { users, removed }: RosterMessage & { type: "resumed" }): string[] {
  const ids: string[] = [];
  for (const view of users) {
    const old = roster.users.get(view.id);
    if (old && sameView(old, view)) continue;
    roster.users.set(view.id, view);
    ids.push(view.id);
  }
  for (const id of removed) if (roster.users.delete(id)) ids.push(id);
  return ids;
}

function replaceUsers(roster: Roster, users: readonly UserView[]): void {
  const before = new Map(roster.users);
  roster.users.clear();
  for (const view of users) {
    const old = before.get(view.id);
    roster.users.set(view.id, old && sameView(old, view) ? old : view);
  }
}

function sameView(a: UserView, b: UserView): boolean {
  // Admins' views nest plain data; members' are flat, and this is still cheaper than a render.
  return JSON.stringify(a) === JSON.stringify(b);
}
