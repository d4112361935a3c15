import * as v from "valibot";
import { selectUsers, SORT_KEYS, type RosterQuery } from "./roster-query";
import { STATUSES } from "./statuses";
import type { UserView } from "./terms";

/** As many rows as a page may have. */
const MAX_PAGE_ROWS = 200;

/** What a client is shown of a room that is too large to be sent whole, until it asks for another part (VW2). */
export interface PageQuery extends RosterQuery {
  /** Which row of all that match is the first of the page, from 0. */
  readonly offset: number;
  readonly limit: number;
}

export const FIRST_PAGE: PageQuery = { sort: "status", descending: false, offset: 0, limit: 100 };

/** What a client may ask for. */
export const pageQuerySchema = v.object({
  status: v.optional(v.picklist(STATUSES)),
  query: v.optional(v.pipe(v.string(), v.maxLength(200))),
  sort: v.picklist(SORT_KEYS),
  descending: v.boolean(),
  offset: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_PAGE_ROWS)),
});

/** Rows of a roster, and how many match in all. */
export interface PageRows<View extends UserView = UserView> {
  readonly total: number;
  readonly users: readonly View[];
}

/** The page of a roster that is known whole. */
export function pageOf<View extends UserView>(users: Iterable<View>, query: PageQuery): PageRows<View> {
  const rows = selectUsers(users, query);
  return { total: rows.length, users: rows.slice(query.offset, query.offset + query.limit) };
}
