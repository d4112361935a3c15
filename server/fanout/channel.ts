import {
  encodeDiff,
  encodeDiffPart,
  encodeDiffRows,
  encodePage,
  encodeResumed,
  encodeServerMessage,
  encodeSharedResumed,
  encodeSharedSync,
  encodeSync,
  type Reader,
} from "../../core/wire/encode";
import type { Body, Frame } from "../../core/wire/frames";
import { missedSince, publish, resendUser, type Feed } from "../../core/feed/feed";
import type { Diff } from "../../core/shared/diff";
import type { WallClock } from "../../core/room/room-clock";
import { inWallTime } from "../../core/room/visibility";
import { FIRST_PAGE, type PageQuery } from "../../core/shared/page-query";
import { Pages } from "../../core/feed/pages";
import type { Room } from "../../core/room/room";
import type { ClientTimings } from "../../core/wire/protocol";
import type { Counts } from "../../core/shared/roster-query";
import type { Mode } from "../../core/shared/scope";
import type { Choices, User } from "../../core/shared/terms";
import type { Subscription, Subscriber } from "./subscriber";

/** Returns the cached value of a key, and creates it at the first call. */
type Once<Made> = (key: string, make: () => Made) => Made;

const OUTGROWN = 1.25;

/** Sends to one audience, whose members may see the same, what each subscriber asked for (PR1, VW1). */
export class Channel {
  readonly #pages: Pages<User>;
  readonly #everybody = new Set<Subscriber>();
  readonly #watching = new Map<string, Set<Subscriber>>();
  readonly #counting = new Set<Subscriber>();
  /** Subscribers whose watch lists were lost in hibernation. */
  readonly #forgotten = new Set<Subscriber>();
  #sentCounts: Counts;

  constructor(
    readonly feed: Feed,
    readonly clock: WallClock,
    readonly timings: ClientTimings,
    readonly rosterLimit: number,
    /** A subscriber's own choices, which only its user gets (PR2). */
    readonly choicesOf: (subscriber: Subscriber) => Choices | null,
  ) {
    this.#pages = new Pages(feed);
    this.#sentCounts = { ...feed.counts };
  }

  /** Adds a subscriber that had its sync before the room hibernated. It has to send its watch list again. */
  rehydrate(subscriber: Subscriber, mode: Mode): void {
    // An attachment contains `roster` until the first heartbeat after a sync in the mode `pages`.
    const isPaged = mode === "pages" || (mode === "roster" && this.feed.views.size > this.rosterLimit);
    if (mode === "users" || isPaged) this.#forgotten.add(subscriber);
    else
      this.#subscribe(
        subscriber,
        mode === "roster" ? "everybody" : this.#some(subscriber, [], mode === "summary"),
      );
  }

  /** Removes a subscriber. */
  drop(subscriber: Subscriber): void {
    const { receives } = subscriber;
    this.#forgotten.delete(subscriber);
    this.#everybody.delete(subscriber);
    this.#counting.delete(subscriber);
    if (receives === null || receives === "everybody") return;
    for (const id of receives.ids) {
      const watchers = this.#watching.get(id);
      watchers?.delete(subscriber);
      if (watchers?.size === 0) this.#watching.delete(id);
    }
  }

  /** Subscribers to a whole roster that has become too large (VW2). */
  outgrown(): Subscriber[] {
    // Well above the limit, so that a room near it does not switch back and forth.
    return this.feed.views.size > this.rosterLimit * OUTGROWN ? [...this.#everybody] : [];
  }

  /** Sends the whole user with the next diff, whatever was sent before. */
  resendUser(userId: string): void {
    resendUser(this.feed, userId);
  }

  /** Sends the changes of these users to their subscribers. Returns the number of frames. */
  sendDiff(room: Room, touched: Iterable<string>, now: number): number {
    const diff = publish(this.feed, room, touched);
    if (!diff) return 0;
    this.#pages.follow(diff, now);
    const counts = this.#changedCounts();
    // Lazy, because there may be no subscriber.
    const wall = this.clock.wallAt(now);
    const rows = lazy(() => encodeDiffRows(this.#inWallTime(diff), wall));
    const whole = lazy(() => encodeDiff(diff, wall, rows()));
    for (const { outbox } of this.#everybody) outbox.send(whole());
    return this.#everybody.size + this.#sendParts(diff, rows, counts, wall) + this.#requestScopes();
  }

  /** Sends each subscriber a sync, or the changes that it missed (SY1, SY4). */
  sendSnapshots(subscribers: Iterable<Subscriber>, now: number): void {
    const once = memo<Body>();
    for (const subscriber of subscribers) {
      this.drop(subscriber);
      subscriber.outbox.send(this.#snapshot(subscriber, once, now));
      subscriber.resumeFrom = null;
    }
  }

  /** Answers a request for a page. From now on the subscriber gets the changes of its users (VW2). */
  servePage(subscriber: Subscriber, request: number, query: PageQuery, now: number): void {
    const { users, total } = this.#pages.read(query, now);
    this.drop(subscriber);
    this.#subscribe(
      subscriber,
      this.#some(
        subscriber,
        users.map(({ id }) => id),
        true,
      ),
    );
    const told = users.map((view) => inWallTime(view, this.clock));
    const wall = this.clock.wallAt(now);
    subscriber.outbox.send(
      encodePage({ type: "page", request, seq: this.feed.seq, now: wall, total, users: told }),
    );
  }

  #snapshot(subscriber: Subscriber, once: Once<Body>, now: number): Frame {
    const { scope, userId, resumeFrom } = subscriber;
    const reader = { userId, choices: this.choicesOf(subscriber) };
    switch (scope?.kind) {
      case "roster": {
        if (this.feed.views.size > this.rosterLimit) return this.#firstPage(subscriber, reader, once, now);
        this.#subscribe(subscriber, "everybody");
        const missed =
          resumeFrom &&
          once(`since ${resumeFrom.epoch} ${resumeFrom.seq}`, () => this.#missed(resumeFrom, now));
        if (missed) return encodeResumed(reader, missed);
        return encodeSync(
          reader,
          once("all", () => this.#sync("roster", this.feed.views.values(), now)),
        );
      }
      case "users":
      case "summary":
      case "none": {
        const counts = scope.kind === "summary" || (scope.kind === "users" && scope.counts);
        const hearing = this.#some(subscriber, scope.kind === "users" ? scope.ids : [], counts);
        this.#subscribe(subscriber, hearing);
        return encodeSync(reader, this.#sync(scope.kind, this.#viewsOf(hearing.ids), now, counts));
      }
      case undefined:
        this.#forgotten.add(subscriber);
        return encodeServerMessage({ type: "rescope" });
      default:
        return scope satisfies never;
    }
  }

  #firstPage(subscriber: Subscriber, reader: Reader, once: Once<Body>, now: number): Frame {
    const { users } = this.#pages.read(FIRST_PAGE, now);
    const ids = users.map(({ id }) => id);
    const hearing = this.#some(subscriber, ids, true);
    this.#subscribe(subscriber, hearing);
    const own = ids.includes(subscriber.userId);
    const sync = (): Body => this.#sync("pages", this.#viewsOf(hearing.ids), now, true);
    return encodeSync(reader, own ? once("page", sync) : sync());
  }

  /** Empty if the changes since then are not known. */
  #missed(resumeFrom: NonNullable<Subscriber["resumeFrom"]>, now: number): Body {
    const missed = missedSince(this.feed, resumeFrom);
    if (!missed) return "";
    const users = missed.users.map((view) => inWallTime(view, this.clock));
    return encodeSharedResumed({ ...missed, users }, this.clock.wallAt(now));
  }

  #sync(mode: Mode, users: Iterable<User>, now: number, counts = false): Body {
    // Only subscribers to the whole roster can resume (SY4). Other modes get an epoch that matches no feed.
    const epoch = mode === "roster" ? this.feed.epoch : `${this.feed.epoch}-${mode}`;
    return encodeSharedSync({
      epoch,
      seq: this.feed.seq,
      now: this.clock.wallAt(now),
      timings: this.timings,
      mode,
      counts: counts ? this.feed.counts : undefined,
      users: Array.from(users, (view) => inWallTime(view, this.clock)),
    });
  }

  /** Sends each subscriber its part of a diff. Subscribers with the same part share one text. */
  #sendParts(
    { seq, added, changed, removed }: Diff,
    rows: () => ReadonlyMap<string, string>,
    counts: Counts | null,
    wall: number,
  ): number {
    const affected = new Map<Subscriber, string[]>();
    if (counts) for (const subscriber of this.#counting) affected.set(subscriber, []);
    const note = (id: string): void => {
      for (const subscriber of this.#watching.get(id) ?? []) {
        const ids = affected.get(subscriber);
        if (ids) ids.push(id);
        else affected.set(subscriber, [id]);
      }
    };
    for (const { id } of added) note(id);
    for (const { id } of changed) note(id);
    for (const id of removed) note(id);
    const once = memo<Frame>();
    for (const [subscriber, ids] of affected) {
      const told = this.#counting.has(subscriber) ? counts : null;
      const part = once(`${told ? "counts" : ""}\n${ids.join("\n")}`, () =>
        encodeDiffPart({
          seq,
          now: wall,
          rows: ids.flatMap((id) => rows().get(id) ?? []),
          removed: removed.filter((id) => ids.includes(id)),
          counts: told,
        }),
      );
      subscriber.outbox.send(part);
    }
    return affected.size;
  }

  /**
   * Converts a diff to wall time. A feed holds the room's own instants, because the wall clock may be set between two
   * diffs (TM2).
   */
  #inWallTime(diff: Diff): Diff {
    if (this.clock.isWall) return diff;
    const { added, changed } = diff;
    return {
      ...diff,
      added: added.map((view) => inWallTime(view, this.clock)),
      changed: changed.map((patch) => inWallTime(patch, this.clock)),
    };
  }

  #requestScopes(): number {
    const asked = this.#forgotten.size;
    for (const { outbox } of this.#forgotten) outbox.send(encodeServerMessage({ type: "rescope" }));
    this.#forgotten.clear();
    return asked;
  }

  #changedCounts(): Counts | null {
    const { online, away, offline } = this.feed.counts;
    const told = this.#sentCounts;
    if (told.online === online && told.away === away && told.offline === offline) return null;
    return (this.#sentCounts = { online, away, offline });
  }

  #subscribe(subscriber: Subscriber, receives: Subscription): void {
    subscriber.receives = receives;
    if (receives === "everybody") {
      this.#everybody.add(subscriber);
      return;
    }
    if (receives.counts) this.#counting.add(subscriber);
    for (const id of receives.ids) {
      const watchers = this.#watching.get(id);
      if (watchers) watchers.add(subscriber);
      else this.#watching.set(id, new Set([subscriber]));
    }
  }

  /** These users, and always the subscriber's own. */
  #some({ userId }: Subscriber, ids: readonly string[], counts: boolean): Exclude<Subscription, "everybody"> {
    return { ids: new Set([...ids, userId]), counts };
  }

  #viewsOf(ids: Iterable<string>): User[] {
    const views: User[] = [];
    for (const id of ids) {
      const view = this.feed.views.get(id);
      if (view) views.push(view);
    }
    return views;
  }
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function memo<Made>(): Once<Made> {
  const known = new Map<string, Made>();
  return (key, make) => {
    const made = known.get(key) ?? make();
    known.set(key, made);
    return made;
  };
}
