import type { ResumePoint } from "../wire/hello";
import type { ServerMessage } from "../wire/protocol";
import type { Mode } from "../shared/scope";
import type { Counts } from "../shared/roster-query";
import type { User } from "../shared/terms";

/** The client's replica of a room, as of the server's instant `asOfAt`. The map changes in place; its users do not. */
export interface Roster {
  epoch: string | null;
  seq: number;
  asOfAt: number;
  selfId: string | null;
  /** Which part of the room it has (VW1, VW2). */
  mode: Mode;
  /** The counts of the whole room, in the modes in which the server sends them; else null. */
  counts: Counts | null;
  readonly users: Map<string, User>;
}

/** The effect of a message on the replica: changed ids, everything replaced, or a gap in the numbers (SY4). */
export type Applied =
  | { readonly kind: "changed"; readonly ids: readonly string[] }
  | { readonly kind: "replaced" }
  | { readonly kind: "gap" };

/** The server's messages that change the replica. */
export type RosterMessage = ServerMessage & { type: "sync" | "resumed" | "diff" | "page" };

/** An empty replica, before the first sync. */
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

/** The replica's resume point, for a server that still has the rest (SY4); null without a whole roster. */
export function resumePointOf({ epoch, seq, mode }: Roster): ResumePoint | null {
  return epoch !== null && mode === "roster" ? { epoch, seq } : null;
}

/**
 * Applies a sync (SY1), the missed changes, a diff or a page (VW2). A message that does not follow the last one changes
 * nothing and returns `gap`: ask for a sync (SY4). Users that a message does not change keep their identity, so they do
 * not render again.
 */
export function applyToRoster(roster: Roster, message: RosterMessage): Applied {
  switch (message.type) {
    case "sync":
      replaceUsers(roster, message.users);
      roster.epoch = message.epoch;
      roster.selfId = message.self;
      roster.mode = message.mode;
      roster.counts = message.counts;
      return advance(roster, message, { kind: "replaced" });
    case "page": {
      const self = roster.selfId === null ? undefined : roster.users.get(roster.selfId);
      // A late answer: a sync has changed the mode since.
      if (roster.mode !== "pages") return { kind: "changed", ids: [] };
      const onPage = message.users.some(({ id }) => id === self?.id);
      replaceUsers(roster, self && !onPage ? [...message.users, self] : message.users);
      return advance(roster, message, { kind: "replaced" });
    }
    case "resumed":
      if (roster.mode !== "roster" || message.from !== roster.seq) return { kind: "gap" };
      roster.selfId = message.self;
      return advance(roster, message, { kind: "changed", ids: applyMissed(roster, message) });
    case "diff":
      if (!follows(roster, message)) return { kind: "gap" };
      return advance(roster, message, { kind: "changed", ids: applyDiff(roster, message) });
    default:
      return message satisfies never;
  }
}

function follows(roster: Roster, { seq, changed }: RosterMessage & { type: "diff" }): boolean {
  // In the other modes the server does not send every diff.
  if (roster.epoch === null || (roster.mode === "roster" ? seq !== roster.seq + 1 : seq <= roster.seq))
    return false;
  // A change of an unknown user means that something was missed, whatever the numbers say.
  return changed.every((patch) => roster.users.has(patch.id));
}

function advance(roster: Roster, { seq, now }: RosterMessage, applied: Applied): Applied {
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
    roster.users.set(patch.id, { ...roster.users.get(patch.id), ...patch } as User);
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

function replaceUsers(roster: Roster, users: readonly User[]): void {
  const before = new Map(roster.users);
  roster.users.clear();
  for (const view of users) {
    const old = before.get(view.id);
    roster.users.set(view.id, old && sameView(old, view) ? old : view);
  }
}

function sameView(a: User, b: User): boolean {
  // Admins' views contain nested plain data. Comparing JSON is cheaper than a render.
  return JSON.stringify(a) === JSON.stringify(b);
}
