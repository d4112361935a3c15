import { STATUSES } from "./statuses";
import type { AdminUser, Status, User } from "./terms";

/** Whether a view has the fields that only admins see (PR1). */
export function isAdminView(view: User): view is AdminUser {
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
export const SORT_KEYS = ["name", "status", "lastSeen", "since", "connections"] as const;

/** A column that a roster can be sorted by. */
export type SortKey = (typeof SORT_KEYS)[number];

/** Which users of the roster to show, and in which order. `query` matches names and ids, ignoring case and accents. */
export interface RosterQuery {
  readonly status?: Status | undefined;
  readonly query?: string | undefined;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** Selects and sorts users for display. Ties are sorted by name, then id, so that the order is stable. */
export function selectUsers<View extends User>(users: Iterable<View>, query: RosterQuery): View[] {
  const selected: View[] = [];
  for (const user of users) if (matches(user, query)) selected.push(user);
  return selected.sort(orderOf(query));
}

/** Whether a user matches the query. */
export function matches(user: User, { status, query }: RosterQuery): boolean {
  return (!status || user.status === status) && (!query || matchesQuery(user, query));
}

/** The order of a query. No two users are equal in it. */
export function orderOf({
  sort,
  descending,
}: Pick<RosterQuery, "sort" | "descending">): (a: User, b: User) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => sign * compareBy(sort, a, b) || compareUsers(a, b);
}

function compareBy(sort: SortKey, a: User, b: User): number {
  switch (sort) {
    case "name":
      return compareUsers(a, b);
    case "status":
      // Of the offline users those who were seen last come first.
      return (
        STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status) ||
        (a.status === "offline" ? compareInstants(seenAt(b), seenAt(a)) : 0)
      );
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
  // Infinity - Infinity is NaN.
  return a === b ? 0 : a - b;
}

/** A connected user is seen now, later than any instant. A user who hides it sorts before all instants (PR3). */
function seenAt({ status, lastSeenAt }: User): number {
  return lastSeenAt ?? (status === "offline" ? -Infinity : Infinity);
}

function connectionCount(view: User): number {
  return isAdminView(view) ? view.connections.length : 0;
}

type NameOrder = (a: string, b: string) => number;

let nameOrder: NameOrder | null = null;

/** The order of names in the reader's language; by code points if the runtime has no collator (BR1). */
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

/** The order of names; ties are sorted by id. */
export function compareUsers(a: Pick<User, "id" | "name">, b: Pick<User, "id" | "name">): number {
  nameOrder ??= makeNameOrder();
  return nameOrder(a.name, b.name) || compareText(a.id, b.id);
}

/** Whether a user's name or id contains the text, ignoring case and accents. Empty text matches everybody. */
export function matchesQuery({ id, name }: Pick<User, "id" | "name">, query: string): boolean {
  const needle = fold(query.trim());
  return needle === "" || fold(name).includes(needle) || fold(id).includes(needle);
}

function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}
