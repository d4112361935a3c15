import { isAskedFor, orderOf, selectUsers, type Counts, type RosterQuery } from "./roster-query";
import type { Status, UserView } from "./terms";

/**
 * A room's users, filtered and sorted as asked and kept so user by user: a change costs two binary
 * searches, not another look at everybody (SY3). While the rows are held nobody changes places: those
 * shown keep theirs even if they no longer belong there, newcomers come last, who was forgotten is gone.
 */
export class RosterList<View extends UserView> {
  #query: RosterQuery;
  #compare: (a: UserView, b: UserView) => number;
  readonly #users = new Map<string, View>();
  #sorted: View[] = [];
  readonly #counts: Record<Status, number> = { online: 0, away: 0, offline: 0 };
  /** Ids in the order in which they are shown; null while the rows are not held. */
  #held: { ids: string[]; readonly shown: Set<string> } | null = null;
  #moved = false;

  constructor(query: RosterQuery) {
    this.#query = query;
    this.#compare = orderOf(query);
  }

  /** How many rows there are. */
  get length(): number {
    return this.#held ? this.#held.ids.length : this.#sorted.length;
  }

  /** How many users the room knows, asked for or not. */
  get total(): number {
    return this.#users.size;
  }

  /** Everybody by status, asked for or not. */
  get counts(): Counts {
    return this.#counts;
  }

  /** Whether the rows would stand otherwise if they were not held. */
  get isHolding(): boolean {
    return this.#held !== null && this.#moved;
  }

  /** The user in a row. */
  at(index: number): View | undefined {
    if (!this.#held) return this.#sorted[index];
    const id = this.#held.ids[index];
    return id === undefined ? undefined : this.#users.get(id);
  }

  /** All rows, as they stand. */
  rows(): View[] {
    if (!this.#held) return [...this.#sorted];
    return this.#held.ids.flatMap((id) => this.#users.get(id) ?? []);
  }

  /** Takes a whole room in place of what it knew. */
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

  /** Takes a user as they are now; undefined when the room has forgotten them. */
  change(id: string, user: View | undefined): void {
    const old = this.#users.get(id);
    if (old === user) return;
    const from = old && isAskedFor(old, this.#query) ? this.#place(old) : -1;
    if (from >= 0) this.#sorted.splice(from, 1);
    if (old) this.#counts[old.status] -= 1;
    let to = -1;
    if (user) {
      this.#users.set(id, user);
      this.#counts[user.status] += 1;
      if (isAskedFor(user, this.#query)) {
        to = this.#place(user);
        this.#sorted.splice(to, 0, user);
      }
    } else this.#users.delete(id);
    this.#keepPlaces(id, user, from !== to);
  }

  /** Filters and sorts anew. What is held is then held in the new order: the reader asked for it. */
  ask(query: RosterQuery): void {
    this.#query = query;
    this.#compare = orderOf(query);
    this.#sorted = selectUsers(this.#users.values(), query);
    if (this.#held) this.hold();
  }

  /** Lets every row keep its place from now on. */
  hold(): void {
    const ids = this.#sorted.map(({ id }) => id);
    this.#held = { ids, shown: new Set(ids) };
    this.#moved = false;
  }

  /** Lets the rows go where they belong. */
  release(): void {
    this.#held = null;
  }

  #keepPlaces(id: string, user: View | undefined, moved: boolean): void {
    if (!this.#held) return;
    this.#moved ||= moved;
    if (user) {
      if (isAskedFor(user, this.#query)) this.#showLast(id);
    } else if (this.#held.shown.delete(id)) {
      this.#held.ids = this.#held.ids.filter((each) => each !== id);
    }
  }

  #showLast(id: string): void {
    if (!this.#held || this.#held.shown.has(id)) return;
    this.#held.shown.add(id);
    this.#held.ids.push(id);
  }

  /** Where a user stands among the sorted, or would: no two are equal in their order. */
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
