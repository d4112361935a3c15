import type { Known } from "./hello";
import type { ServerMessage } from "./protocol";
import type { Mode } from "./scope";
import type { AdminUserView, Status, UserView } from "./terms";

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
export function knownOf({ epoch, seq, mode }: Roster): Known | null {
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

/** Whether a view carries what only admins see (PR1). */
export function isAdminView(view: UserView): view is AdminUserView {
  return "connections" in view;
}

/** How many users have each status. */
export type Counts = Readonly<Record<Status, number>>;

/** Counts users by status. */
export function countByStatus(users: Iterable<{ readonly status: Status }>): Counts {
  const counts = { online: 0, away: 0, offline: 0 };
  for (const user of users) counts[user.status] += 1;
  return counts;
}

/** Columns that a roster can be sorted by. */
export type SortKey = "name" | "status" | "lastSeen" | "since" | "connections";

/** What of the roster to show, and how. `query` matches names and ids, ignoring case and accents. */
export interface RosterQuery {
  readonly status?: Status | undefined;
  readonly query?: string | undefined;
  readonly sort: SortKey;
  readonly descending: boolean;
}

const STATUS_ORDER: Readonly<Record<Status, number>> = { online: 0, away: 1, offline: 2 };

/** Selects and sorts users for display. Ties are settled by name, then id, so that rows keep still. */
export function selectUsers<View extends UserView>(users: Iterable<View>, query: RosterQuery): View[] {
  const selected: View[] = [];
  for (const user of users) if (isAskedFor(user, query)) selected.push(user);
  return selected.sort(orderOf(query));
}

/** Whether the query asks for this user. */
export function isAskedFor(user: UserView, { status, query }: RosterQuery): boolean {
  return (!status || user.status === status) && (!query || matchesQuery(user, query));
}

/** The order that a query asks for: no two users are equal in it. */
export function orderOf({
  sort,
  descending,
}: Pick<RosterQuery, "sort" | "descending">): (a: UserView, b: UserView) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => sign * compareBy(sort, a, b) || compareUsers(a, b);
}

function compareBy(sort: SortKey, a: UserView, b: UserView): number {
  switch (sort) {
    case "name":
      return compareUsers(a, b);
    case "status":
      return STATUS_ORDER[a.status] - STATUS_ORDER[b.status];
    case "since":
      return compareInstants(a.sinceAt ?? -Infinity, b.sinceAt ?? -Infinity);
    case "lastSeen":
      return compareInstants(seenAt(a), seenAt(b));
    case "connections":
      return connectionCount(a) - connectionCount(b);
    default:
      return sort satisfies never;
  }
}

function compareInstants(a: number, b: number): number {
  // The difference of two infinities is no number.
  return a === b ? 0 : a - b;
}

/** Whoever is connected is seen now, later than any instant; who hides it was seen at none (PR3). */
function seenAt({ status, lastSeenAt }: UserView): number {
  return lastSeenAt ?? (status === "offline" ? -Infinity : Infinity);
}

function connectionCount(view: UserView): number {
  return isAdminView(view) ? view.connections.length : 0;
}

type NameOrder = (a: string, b: string) => number;

let nameOrder: NameOrder | null = null;

/** As the reader's language orders names; by code points where the runtime cannot say (BR1). */
function makeNameOrder(): NameOrder {
  try {
    return new Intl.Collator(undefined, { sensitivity: "base", numeric: true }).compare;
  } catch {
    return (a, b) => compareText(fold(a), fold(b));
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of names, ties settled by id. */
export function compareUsers(a: Pick<UserView, "id" | "name">, b: Pick<UserView, "id" | "name">): number {
  nameOrder ??= makeNameOrder();
  return nameOrder(a.name, b.name) || compareText(a.id, b.id);
}

/** Whether a user's name or id contains the text, ignoring case and accents. Everybody matches nothing. */
export function matchesQuery({ id, name }: Pick<UserView, "id" | "name">, query: string): boolean {
  const needle = fold(query.trim());
  return needle === "" || fold(name).includes(needle) || fold(id).includes(needle);
}

function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}
