import { countByStatus } from "../../core/shared/roster-query";
import type { Scope } from "../../core/shared/scope";
import { lastSeenAt } from "../../core/room/status";
import type { Role, Status, User } from "../../core/shared/terms";
import { audienceOf, inWallTime, VIEWS } from "../../core/room/visibility";
import { comparable } from "../../server/testing/comparable";
import type { Page } from "./browser";
import type { World } from "./world";

/** What must hold, whatever happens. Looks at the world after each thing that happens in it. */
export class Oracles {
  /** Sign-ins that somebody has ended, or tried to. */
  readonly signedOut = new Set<string>();
  /**
   * What each role may have been told of everybody, from when on: admins the truth, members what they may see (PR2).
   */
  readonly #shown: Readonly<Record<Role, Map<string, { at: number; status: Status }[]>>> = {
    admin: new Map(),
    member: new Map(),
  };
  readonly #followed = new WeakSet<Page>();
  #serverMoved = false;

  constructor(readonly world: World) {}

  /** The room has done something: what it shows from now on is what its next diff tells. */
  afterServer(): void {
    this.#serverMoved = true;
    const { room } = this.world.host;
    for (const [id, { status, shown }] of room?.users ?? []) {
      const was = this.#note("admin", id, status);
      if (was !== undefined && was !== status) this.world.count(`shown ${was} → ${status}`);
      this.#note("member", id, shown.status);
      if (status !== shown.status) this.world.count("somebody there is invisible");
    }
  }

  /** Returns what was shown until now. */
  #note(role: Role, id: string, status: Status): Status | undefined {
    const log = this.#shown[role].get(id) ?? [];
    this.#shown[role].set(id, log);
    const was = log.at(-1)?.status;
    if (was !== status) log.push({ at: this.world.host.roomNow, status });
    return was;
  }

  afterEach(): void {
    const { world } = this;
    for (const page of world.pages) this.#checkPage(page);
    if (world.host.isAwake && world.truth.overdue())
      world.fail(`[HB2] ${world.truth.overdue()?.userId} is silent and still taken for connected`);
    if (!this.#serverMoved) return;
    this.#serverMoved = false;
    for (const problem of world.truth.problems) world.fail(problem);
    this.#checkStatuses();
  }

  /** What keeps a world that has been healed from being as it should be; null when all is well. */
  unsettled(): string | null {
    const { world } = this;
    const present = new Set<string>();
    for (const page of world.pages) {
      const { userId, sessionId, observes } = page.tab;
      const { connection } = page.client.getStatus();
      if (page.held) return `${userId}'s page is still ${page.held}`;
      if (this.signedOut.has(sessionId) && connection.status !== "live") continue;
      if (connection.status === "stopped") {
        if (page.stopped) continue;
        return `${userId}'s client has stopped: ${JSON.stringify(connection)}`;
      }
      if (!observes) present.add(userId);
      if (connection.status !== "live")
        return `[HB6] ${userId}'s client has not come back: ${JSON.stringify(connection)}`;
      const difference = this.#difference(page);
      if (difference) return difference;
    }
    for (const [id, { status }] of world.host.room?.users ?? []) {
      if ((status !== "offline") !== present.has(id))
        return `[ST1] at the end ${id} is ${status}, ${present.has(id) ? "though there" : "though gone"}`;
    }
    return null;
  }

  #checkStatuses(): void {
    const { truth, host } = this.world;
    const now = host.roomNow;
    const since = truth.excusedSince(now);
    for (const [id, person] of truth.people) {
      const user = host.room?.users.get(id);
      const status = user?.status ?? "offline";
      const isThere = person.connections.size > 0;
      // What was unsure when a sweep was due that has not come yet is so still.
      if (Math.min(now, since) < person.unsureUntilAt) {
        if (status === "offline" && isThere) this.world.fail(`[ST1] ${id} is there and shown offline`);
      } else {
        // What a crash may have swallowed has come to light by now.
        if (person.unsureUntilAt > 0) person.graces = person.graces.filter(({ untilAt }) => untilAt > since);
        const allowed = truth.statuses(person, since);
        if (!allowed.has(status))
          this.world.fail(`[ST1] [GR1] ${id} is ${status}, should be ${[...allowed].join(" or ")}`);
      }
      if (!user) continue;
      const seenAt = lastSeenAt(user);
      if (seenAt > person.heardAt)
        this.world.fail(`[ST6] ${id} was heard ${seenAt - person.heardAt} ms before lastSeenAt`);
      if (seenAt < person.surelyHeardAt)
        this.world.fail(`[DB2] ${id} was heard ${person.heardAt - seenAt} ms after lastSeenAt`);
    }
  }

  #checkPage(page: Page): void {
    const { world } = this;
    if (!this.#followed.has(page)) {
      this.#followed.add(page);
      page.client.subscribeChanges((_, asOfAt) => this.#checkNews(page, asOfAt));
    }
    const { synced, stale, connection } = page.client.getStatus();
    if (!synced || stale || page.held) return;
    if (connection.status !== "live")
      world.fail(`[SY6] ${page.tab.userId} is cut off and says nothing of it`);
    const silentMs = world.now - page.calmSinceAt;
    const boundMs = 2.5 * world.timings.intervalMs + (page.isThrottled ? 60_000 : 10);
    if (silentMs > boundMs)
      world.fail(`[SY6] ${page.tab.userId} has heard nothing for ${silentMs} ms and is not stale`);
  }

  /** What a page has just been told is what the room showed at that instant. */
  #checkNews(page: Page, asOfAt: number): void {
    const { host } = this.world;
    const told = host.roomTimes(asOfAt);
    for (const { id, status, lastSeenAt } of page.client.getSnapshot().users) {
      const log = this.#shown[page.tab.role].get(id) ?? [];
      const allowed = told.flatMap((asOf) => [
        log.findLast(({ at }) => at < asOf)?.status,
        ...log.filter(({ at }) => at === asOf).map((each) => each.status),
      ]);
      if (!allowed.includes(status))
        this.world.fail(
          `[SY2] ${page.tab.userId} is told that ${id} is ${status}, which the room never showed`,
        );
      if (lastSeenAt === null) continue;
      const heardAt = this.world.truth.people.get(id)?.heardAt ?? -Infinity;
      if (this.#isLater(lastSeenAt, heardAt))
        this.world.fail(`[ST6] ${page.tab.userId} is told of ${id} as seen too late, at ${lastSeenAt}`);
      const user = host.room?.users.get(id);
      if (page.tab.role !== "member" || user?.choices.availability !== "invisible") continue;
      const { sinceAt } = user.shown;
      if (Math.min(...told) > sinceAt && this.#isLater(lastSeenAt, sinceAt))
        this.world.fail(`[PR2] ${page.tab.userId} is told that ${id} was seen after becoming invisible`);
    }
  }

  /** Whether a wall time that the room told of is later than its instant. Once the clock was set, nobody can tell. */
  #isLater(wall: number, at: number): boolean {
    const { host } = this.world;
    return !host.wasClockSet && Math.min(...host.roomTimes(wall)) > at;
  }

  /** How a connected page's replica differs from what the room shows its reader. */
  #difference(page: Page): string | null {
    const { userId, role } = page.tab;
    const { users, stale, mode, counts } = page.client.getSnapshot();
    if (stale) return `[SY6] ${userId} is connected and says stale`;
    if (page.openWires().length !== 1) return `[CN3] ${page.openWires().length} sockets`;
    if (mode !== page.scope.kind) return `[VW1] ${userId} asked for ${page.scope.kind} and hears ${mode}`;
    const { users: known = new Map() } = this.world.host.room ?? {};
    const { room, wasClockSet } = this.world.host;
    const view = VIEWS[audienceOf(role, known.get(userId))];
    const everybody = [...known.values()].map((user): User =>
      room ? inWallTime(view(user), room.clock) : view(user),
    );
    const heard = everybody.filter(({ id }) => id === userId || isHeard(page.scope, id));
    const expected = comparable(heard, wasClockSet);
    const found = comparable(users, wasClockSet);
    const counted = page.scope.kind === "summary" || (page.scope.kind === "users" && page.scope.counts);
    if (counted && JSON.stringify(counts) !== JSON.stringify(countByStatus(everybody)))
      return `[VW1] ${userId} counts ${JSON.stringify(counts)}`;
    if (found === expected) return null;
    return `[SY4] ${userId}'s replica differs:\n  is     ${found}\n  should ${expected}`;
  }
}

function isHeard(scope: Scope, id: string): boolean {
  return scope.kind === "roster" || (scope.kind === "users" && scope.ids.includes(id));
}
