import { matches, orderOf, selectUsers, type Counts, type RosterQuery } from "./roster-query";
import type { Status, User } from "./terms";

/**
 * A room's users, filtered and sorted, and updated user by user: a change costs two binary searches and no new sort
 * (SY3). While the rows are held they keep their places, even if they no longer belong there. New rows come last, and
 * removed users disappear.
 */
export class RosterList<View extends User> {
  #query: RosterQuery;
  #compare: (a: User, b: User) => number;
  readonly #users = new Map<string, View>();
  #sorted: View[] = [];
  readonly #counts: Record<Status, number> = { online: 0, away: 0, offline: 0 };
  /** Ids in the order in which they are shown; null unless the rows are held. */
  #held: { ids: string[]; readonly shown: Set<string> } | null = null;
  #moved = false;

  constructor(query: RosterQuery) {
    this.#query = query;
    this.#compare = orderOf(query);
  }

  /** The number of rows. */
  get length(): number {
    return this.#held ? this.#held.ids.length : this.#sorted.length;
  }

  /** The number of users in the room, matching or not. */
  get total(): number {
    return this.#users.size;
  }

  /** All users by status, matching or not. */
  get counts(): Counts {
    return this.#counts;
  }

  /** Whether releasing the rows would change them. */
  get isHolding(): boolean {
    return this.#held !== null && this.#moved;
  }

  /** The user in a row. */
  at(index: number): View | undefined {
    if (!this.#held) return this.#sorted[index];
    const id = this.#held.ids[index];
    return id === undefined ? undefined : this.#users.get(id);
  }

  /** All rows, in the shown order. */
  rows(): View[] {
    if (!this.#held) return [...this.#sorted];
    return this.#held.ids.flatMap((id) => this.#users.get(id) ?? []);
  }

  /** Replaces all users. */
  replace(users: Iterable<View>): void {
    this.#users.clear();
    Object.assign(this.#counts, { online: 0, away: 0, offline: 0 });
    for (const user of users) {
      this.#users.set(user.id, user);
      this.#counts[user.status] += 1;
    }
    this.#sorted = selectUsers(this.#users.values(), this.#query);
    if (!this.#held) return;
    this.#moved = true;
    this.#held.ids = this.#held.ids.filter((id) => this.#users.has(id));
    for (const { id } of this.#sorted) this.#showLast(id);
  }

  /** Updates a user; undefined removes the user. Returns whether a row came, went or moved. */
  change(id: string, user: View | undefined): boolean {
    const old = this.#users.get(id);
    if (old === user) return false;
    const from = old && matches(old, this.#query) ? this.#place(old) : -1;
    if (from >= 0) this.#sorted.splice(from, 1);
    if (old) this.#counts[old.status] -= 1;
    let to = -1;
    if (user) {
      this.#users.set(id, user);
      this.#counts[user.status] += 1;
      if (matches(user, this.#query)) {
        to = this.#place(user);
        this.#sorted.splice(to, 0, user);
      }
    } else this.#users.delete(id);
    this.#keepPlaces(id, user, from !== to);
    return from !== to;
  }

  /** Filters and sorts by another query. Held rows are then held in the new order, because the reader asked for it. */
  ask(query: RosterQuery): void {
    this.#query = query;
    this.#compare = orderOf(query);
    this.#sorted = selectUsers(this.#users.values(), query);
    if (this.#held) this.hold();
  }

  /** Keeps every row in its place from now on. */
  hold(): void {
    const ids = this.#sorted.map(({ id }) => id);
    this.#held = { ids, shown: new Set(ids) };
    this.#moved = false;
  }

  /** Moves the rows to where they belong. */
  release(): void {
    this.#held = null;
  }

  #keepPlaces(id: string, user: View | undefined, moved: boolean): void {
    if (!this.#held) return;
    this.#moved ||= moved;
    if (user) {
      if (matches(user, this.#query)) this.#showLast(id);
    } else if (this.#held.shown.delete(id)) {
      this.#held.ids = this.#held.ids.filter((each) => each !== id);
    }
  }

  #showLast(id: string): void {
    if (!this.#held || this.#held.shown.has(id)) return;
    this.#held.shown.add(id);
    this.#held.ids.push(id);
  }

  /** The index of a user in the sorted list, or where to insert them. No two users are equal in the order. */
  #place(user: View): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#sorted[middle] as View, user) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
