import * as v from "valibot";
import { selectUsers, SORT_KEYS, type RosterQuery } from "./roster-query";
import { STATUSES } from "./statuses";
import type { User } from "./terms";

/** Rows of one page. */
const MAX_PAGE_ROWS = 200;

/** A page of a room that is too large to be sent whole (VW2). */
export interface PageQuery extends RosterQuery {
  /** The index of the page's first row among all matching rows, from 0. */
  readonly offset: number;
  readonly limit: number;
}

export const FIRST_PAGE: PageQuery = { sort: "status", descending: false, offset: 0, limit: 100 };

/** A page query from a client. */
export const pageQuerySchema = v.object({
  status: v.optional(v.picklist(STATUSES)),
  query: v.optional(v.pipe(v.string(), v.maxLength(200))),
  sort: v.picklist(SORT_KEYS),
  descending: v.boolean(),
  offset: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_PAGE_ROWS)),
});

/** Rows of a roster, and the number of all matching rows. */
export interface PageRows<View extends User = User> {
  readonly total: number;
  readonly users: readonly View[];
}

/** The page of a whole roster. */
export function pageOf<View extends User>(users: Iterable<View>, query: PageQuery): PageRows<View> {
  const rows = selectUsers(users, query);
  return { total: rows.length, users: rows.slice(query.offset, query.offset + query.limit) };
}
