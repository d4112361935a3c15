import { STATUSES } from "../../core/shared/statuses";
import type { RosterQuery, SortKey } from "../../core/shared/roster-query";

/** The columns in their order, and the first sort direction of each. */
export const COLUMNS: readonly {
  readonly key: SortKey;
  readonly label: string;
  readonly descendingFirst: boolean;
}[] = [
  { key: "name", label: "Name", descendingFirst: false },
  { key: "status", label: "Status and reason", descendingFirst: false },
  { key: "connections", label: "Devices", descendingFirst: true },
  { key: "lastSeen", label: "Activity", descendingFirst: true },
];

const DEFAULT_SORT: SortKey = "status";

/** The chart's range; `none` if it is folded. */
export type ChartRange = "day" | "week" | "none";

/** The state of a room's page. It is in the address, so that a view can be shared. */
export interface RoomAddress {
  readonly query: RosterQuery;
  /** The id of the open panel's person. */
  readonly user: string | null;
  /** Null if the address does not contain it. Then the screen's size decides. */
  readonly range: ChartRange | null;
}

const RANGES: readonly ChartRange[] = ["day", "week", "none"];

/** Reads an address. Invalid values are ignored. */
export function readAddress(params: Pick<URLSearchParams, "get">): RoomAddress {
  return {
    query: readRosterQuery(params),
    user: params.get("user") || null,
    range: RANGES.find((range) => range === params.get("range")) ?? null,
  };
}

/** Keeps the same query object while its content is the same, so that opening a panel does not sort again. */
export function keepQuery(before: RoomAddress, next: RoomAddress): RoomAddress {
  return JSON.stringify(before.query) === JSON.stringify(next.query)
    ? { ...next, query: before.query }
    : next;
}

/** Writes the state as an address's search, without defaults. Empty if everything is a default. */
export function addressSearch({ query, user, range }: RoomAddress): string {
  const params = rosterQueryParams(query);
  if (range !== null) params.set("range", range);
  if (user !== null) params.set("user", user);
  const search = params.toString();
  return search && `?${search}`;
}

/** Reads the query from an address. Invalid values are ignored. */
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

/** Writes the query, without defaults. */
function rosterQueryParams({ status, query, sort, descending }: RosterQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (status) params.set("status", status);
  if (query) params.set("q", query);
  if (sort !== DEFAULT_SORT) params.set("sort", sort);
  if (descending !== columnOf(sort).descendingFirst) params.set("order", descending ? "desc" : "asc");
  return params;
}

/** The query after a click on a column's header: sorted by the column, or reversed if it was already. */
export function sortedBy(query: RosterQuery, key: SortKey): RosterQuery {
  const descending = query.sort === key ? !query.descending : columnOf(key).descendingFirst;
  return { ...query, sort: key, descending };
}

function columnOf(key: SortKey): (typeof COLUMNS)[number] {
  const column = COLUMNS.find((each) => each.key === key);
  if (!column) throw new Error(`no column ${key}`);
  return column;
}
