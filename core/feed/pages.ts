import { idsOf, type Feed } from "./feed";
import type { Diff } from "../shared/diff";
import type { PageQuery, PageRows } from "../shared/page-query";
import type { RosterQuery } from "../shared/roster-query";
import { RosterList } from "../shared/roster-list";
import type { User } from "../shared/terms";

/** Lists of different order or filter that are kept sorted at the same time. */
const MAX_LISTS = 8;
/** A list that nobody has read for this long is dropped. */
const KEEP_MS = 60_000;

interface SortedList<View extends User> {
  readonly list: RosterList<View>;
  askedAt: number;
}

/**
 * Serves pages of an audience's roster. A list that somebody reads is kept sorted with every change, so its next page
 * costs only the page, whatever the size of the room (SY3).
 */
export class Pages<View extends User> {
  readonly #lists = new Map<string, SortedList<View>>();

  constructor(readonly feed: Feed<View>) {}

  /** The rows that the query asks for, as the audience has last been sent them. */
  read({ offset, limit, ...query }: PageQuery, now: number): PageRows<View> {
    const { list } = this.#listFor(query, now);
    const users: View[] = [];
    for (let row = offset; row < Math.min(offset + limit, list.length); row += 1) {
      const user = list.at(row);
      if (user) users.push(user);
    }
    return { total: list.length, users };
  }

  /** Applies a diff that the audience has just been sent. */
  follow(diff: Diff<View>, now: number): void {
    for (const [key, { list, askedAt }] of this.#lists) {
      if (now - askedAt > KEEP_MS) this.#lists.delete(key);
      else for (const id of idsOf(diff)) list.change(id, this.feed.views.get(id));
    }
  }

  #listFor(query: RosterQuery, now: number): SortedList<View> {
    const key = JSON.stringify([query.status, query.query, query.sort, query.descending]);
    const kept = this.#lists.get(key) ?? { list: new RosterList<View>(query), askedAt: now };
    if (!this.#lists.delete(key)) kept.list.replace(this.feed.views.values());
    kept.askedAt = now;
    // Inserted last, so that the first entry is the one that was used longest ago.
    this.#lists.set(key, kept);
    for (const oldest of this.#lists.keys()) {
      if (this.#lists.size <= MAX_LISTS) break;
      this.#lists.delete(oldest);
    }
    return kept;
  }
}
