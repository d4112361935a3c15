import { STATUSES } from "../../core/shared/statuses";
import type { RosterQuery, SortKey } from "../../core/shared/roster-query";

/** The columns in their order, and which way each is sorted at first: the news on top. */
export const COLUMNS: readonly {
  readonly key: SortKey;
  readonly label: string;
  readonly descendingFirst: boolean;
}[] = [
  { key: "name", label: "Name", descendingFirst: false },
  { key: "status", label: "Status and message", descendingFirst: false },
  { key: "connections", label: "Devices", descendingFirst: true },
  { key: "lastSeen", label: "Last seen", descendingFirst: true },
  { key: "since", label: "Since", descendingFirst: true },
];

const DEFAULT_SORT: SortKey = "status";

/** How far back the chart looks; none when it is folded away. */
export type ChartRange = "day" | "week" | "none";

/** All that a room's page shows, as its address has it: a view that can be shared. */
export interface RoomAddress {
  readonly query: RosterQuery;
  /** Whose panel is open. */
  readonly user: string | null;
  /** Null when it was not said: then the size of the screen decides. */
  readonly range: ChartRange | null;
}

const RANGES: readonly ChartRange[] = ["day", "week", "none"];

/** Reads an address; what it says amiss counts as not said. */
export function readAddress(params: Pick<URLSearchParams, "get">): RoomAddress {
  return {
    query: readRosterQuery(params),
    user: params.get("user") || null,
    range: RANGES.find((range) => range === params.get("range")) ?? null,
  };
}

/** An address in which the query is the very same as long as it asks for the same: a panel that opens sorts nothing. */
export function keepQuery(before: RoomAddress, next: RoomAddress): RoomAddress {
  return JSON.stringify(before.query) === JSON.stringify(next.query)
    ? { ...next, query: before.query }
    : next;
}

/** The same as an address' search, as short as it can be; empty when there is nothing to say. */
export function addressSearch({ query, user, range }: RoomAddress): string {
  const params = rosterQueryParams(query);
  if (range !== null) params.set("range", range);
  if (user !== null) params.set("user", user);
  const search = params.toString();
  return search && `?${search}`;
}

/** What of the roster the address asks for; what it says amiss counts as not said. */
function readRosterQuery(params: Pick<URLSearchParams, "get">): RosterQuery {
  const sort = COLUMNS.find(({ key }) => key === params.get("sort")) ?? columnOf(DEFAULT_SORT);
  const order = params.get("order");
  return {
    status: STATUSES.find((status) => status === params.get("status")),
    query: params.get("q") ?? "",
    sort: sort.key,
    descending: order === "desc" || (order !== "asc" && sort.descendingFirst),
  };
}

/** The same in an address, as short as it can be. */
function rosterQueryParams({ status, query, sort, descending }: RosterQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (status) params.set("status", status);
  if (query) params.set("q", query);
  if (sort !== DEFAULT_SORT) params.set("sort", sort);
  if (descending !== columnOf(sort).descendingFirst) params.set("order", descending ? "desc" : "asc");
  return params;
}

/** The query after a column's header was pressed: sorted by it, or turned around when it was already. */
export function sortedBy(query: RosterQuery, key: SortKey): RosterQuery {
  const descending = query.sort === key ? !query.descending : columnOf(key).descendingFirst;
  return { ...query, sort: key, descending };
}

function columnOf(key: SortKey): (typeof COLUMNS)[number] {
  const column = COLUMNS.find((each) => each.key === key);
  if (!column) throw new Error(`no column ${key}`);
  return column;
}
