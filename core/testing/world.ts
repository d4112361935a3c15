/**
 * For tests only: a whole small world around one room. Pages that are touched, hidden, silenced and
 * closed; a server that sleeps, oversleeps and crashes; replicas that follow it over the wire. After
 * everything that happens, the room is compared with the naive model, and the replicas with the room.
 */
import { CLOSE } from "../shared/close-codes";
import { createFeed, publish, type Feed } from "../feed/feed";
import { nextDeadline } from "../room/deadlines";
import type { Changes } from "../room/room";
import { encodeDiff, encodeSharedSync, encodeSync } from "../wire/encode";
import type { Frame } from "../wire/frames";
import { readFrame } from "./frames";
import { decodeServerMessage } from "../wire/protocol";
import { applyToRoster, createRoster, type Roster } from "../replica/roster";
import { lastActiveAt, lastSeenAt, type User } from "../room/status";
import type { Activity, AdminUserView, Audience, Availability, Status, UserView } from "../shared/terms";
import { Driver } from "./driver";
import { hiddenAt, lastHeardAt, Model, type Life } from "./model";
import { deadAfterMs, type Timings } from "../shared/timings";
import { adminView, memberView, privateView } from "../room/visibility";

/** What can be told to happen. `pick` chooses among what there is, modulo its number. */
export type Command =
  | {
      readonly type: "connect";
      readonly user: number;
      readonly client: number;
      readonly session: number;
      readonly activity: Activity;
    }
  | { readonly type: "observe"; readonly user: number; readonly client: number; readonly session: number }
  | { readonly type: "return"; readonly pick: number; readonly activity: Activity }
  | { readonly type: "replay"; readonly pick: number }
  | { readonly type: "touch" | "hide" | "show" | "silence" | "unsilence"; readonly pick: number }
  | { readonly type: "leave" | "close" | "signOut"; readonly pick: number }
  | {
      readonly type: "choose";
      readonly pick: number;
      readonly availability: Availability;
      readonly forMs: number | null;
      readonly hideLastSeen: boolean;
    }
  | { readonly type: "disconnect" | "forget"; readonly user: number }
  | { readonly type: "haunt"; readonly pick: number; readonly how: "heard" | "leaving" | "close" | "signOut" }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "waitForDeadline"; readonly offsetMs: number }
  | { readonly type: "oversleep"; readonly ms: number }
  | { readonly type: "sweep" | "flush" | "hibernate" }
  | { readonly type: "join"; readonly audience: Audience }
  | { readonly type: "loseDiff"; readonly pick: number }
  | { readonly type: "crash"; readonly downMs: number };

/** What a browser knows of its own page. */
interface Page {
  inputAt: number;
  hiddenAt: number | null;
  /** Frozen, or its cable pulled: it neither answers nor closes. */
  silent: boolean;
}

interface Feeds {
  member: Feed<UserView>;
  private: Feed<UserView>;
  admin: Feed<AdminUserView>;
}

interface Replica {
  readonly audience: Audience;
  readonly roster: Roster;
  losesNext: boolean;
}

const USER_IDS = ["ada", "__proto__", "grace", "constructor"];
const ROUND_TRIP_MS = 20;

export class World {
  readonly driver: Driver;
  readonly model: Model;
  private readonly pages = new Map<string, Page>();
  private pongs: { at: number; id: string; pingAt: number }[] = [];
  private feeds: Feeds;
  private readonly replicas: Replica[] = [];
  private touched = new Set<string>();
  /** What the transitions say of everybody's status. */
  private readonly statuses = new Map<string, Status>();
  private connectionCount = 0;
  /** Since when a sweep has been due that has not come. */
  private lateSinceAt: number | null = null;
  /** Whether an alarm was ever late: the bounds of HB2 hold for alarms on time. */
  private hasOverslept = false;

  constructor(readonly timings: Timings) {
    this.driver = new Driver(timings);
    this.model = new Model(timings);
    this.feeds = this.newFeeds("life 1", 0);
  }

  get now(): number {
    return this.driver.now;
  }

  perform(command: Command): void {
    switch (command.type) {
      case "connect":
      case "observe": {
        const observer = command.type === "observe";
        const userId = pickFrom(USER_IDS, command.user) ?? "ada";
        const sessionId = command.session === 0 ? null : `sign-in ${command.session}`;
        const activity = command.type === "connect" ? command.activity : { idleMs: 0, hiddenMs: null };
        this.connect({ userId, clientId: `page ${command.client}`, sessionId, observer }, activity);
        break;
      }
      case "return": {
        const { userId, clientId, sessionId, observer } = pickFrom(this.model.lives, command.pick) ?? {};
        if (userId === undefined || clientId === undefined) break;
        this.connect(
          { userId, clientId, sessionId: sessionId ?? null, observer: observer ?? false },
          command.activity,
        );
        break;
      }
      case "replay": {
        const signOut = pickFrom(this.model.signOuts, command.pick);
        if (!signOut?.sessionId) break;
        const { userId, sessionId } = signOut;
        this.connect(
          { userId, clientId: "page of a thief", sessionId, observer: false },
          { idleMs: 0, hiddenMs: null },
        );
        break;
      }
      case "touch":
      case "hide":
      case "show":
        this.act(command.type, command.pick);
        break;
      case "silence":
      case "unsilence": {
        const page = this.pages.get(this.pickOpen(command.pick)?.id ?? "");
        if (page) page.silent = command.type === "silence";
        break;
      }
      case "leave":
      case "close":
      case "signOut": {
        const life = this.pickOpen(command.pick);
        if (life) this.end(command.type, life.id);
        break;
      }
      case "choose": {
        const life = this.pickOpen(command.pick);
        if (life) this.choose(life.id, command);
        break;
      }
      case "disconnect":
      case "forget":
        this.endUser(command.type, pickFrom(USER_IDS, command.user) ?? "ada");
        break;
      case "haunt": {
        const ended = this.model.lives.filter((life) => life.end);
        const ghost = pickFrom(ended, command.pick);
        if (ghost) this.haunt(command.how, ghost.id);
        break;
      }
      case "wait":
        this.catchUp();
        this.elapse(command.ms);
        break;
      case "waitForDeadline": {
        this.catchUp();
        const due = this.model.deadline(this.now);
        if (due !== null) this.elapse(Math.max(0, due - this.now + command.offsetMs));
        break;
      }
      case "oversleep":
        this.oversleep(command.ms);
        break;
      case "sweep":
        if (this.lateSinceAt === null) this.sweepEarly();
        else this.catchUp();
        break;
      case "flush":
        this.flush();
        break;
      case "join":
        this.join(command.audience);
        break;
      case "loseDiff": {
        const replica = pickFrom(this.replicas, command.pick);
        if (replica) replica.losesNext = true;
        break;
      }
      case "hibernate":
        this.catchUp();
        this.hibernate();
        break;
      case "crash":
        this.catchUp();
        this.crash(command.downMs);
        break;
      default:
        command satisfies never;
    }
  }

  /** Compares everything there is to compare at this instant. */
  check(): void {
    if (this.lateSinceAt !== null) return;
    this.model.observe(this.now);
    same("who is known", [...this.driver.room.users.keys()].toSorted(), this.model.userIds().toSorted());
    same(
      "who is connected",
      [...this.driver.room.connections.keys()].toSorted(),
      ids(this.model.open()).toSorted(),
    );
    for (const userId of this.model.userIds()) this.checkUser(userId);
    this.checkDeadline();
  }

  // What pages and sockets do.

  private connect(
    life: Pick<Life, "userId" | "clientId" | "sessionId" | "observer">,
    activity: Activity,
  ): void {
    const id = `socket#${++this.connectionCount}`;
    const { userId, sessionId } = life;
    // The edge refuses expired tokens: the room never sees them.
    const expired = this.model.signOuts.some(
      (each) =>
        each.userId === userId &&
        each.sessionId === sessionId &&
        sessionId !== null &&
        each.untilAt <= this.now,
    );
    if (expired) return;
    const openBefore = ids(this.model.open());
    const welcome = this.model.connect({ ...life, id }, activity, this.now);
    const changes = this.note(this.driver.connect(id, { ...life, device: "device#secret", activity }));
    if (!welcome) {
      same("a signed-out token is refused", changes.closes, [{ connectionId: id, code: CLOSE.signedOut }]);
      return;
    }
    const openNow = new Set(ids(this.model.open()));
    const replaced = openBefore.filter((each) => !openNow.has(each));
    same(
      "a return replaces",
      changes.closes,
      replaced.map((each) => ({ connectionId: each, code: CLOSE.replaced })),
    );
    const { idleMs, hiddenMs } = activity;
    this.pages.set(id, {
      inputAt: this.now - idleMs,
      hiddenAt: hiddenMs === null ? null : this.now - hiddenMs,
      silent: false,
    });
  }

  private act(what: "touch" | "hide" | "show", pick: number): void {
    const life = this.pickOpen(pick);
    const page = life && this.pages.get(life.id);
    if (!life || !page) return;
    if (what === "hide") page.hiddenAt ??= this.now;
    else page.hiddenAt = null;
    if (what === "touch") page.inputAt = this.now;
    if (!page.silent) this.hear(life.id, this.activityOf(page));
  }

  private hear(id: string, activity: Activity): void {
    this.model.heard(id, activity, this.now);
    this.note(this.driver.hear(id, activity));
  }

  private end(how: "leave" | "close" | "signOut", id: string): void {
    const openBefore = ids(this.model.open());
    const tokensForMs = this.timings.graceMs * 3;
    if (how === "leave") this.model.leaving(id, this.now);
    if (how === "close") this.model.close(id, this.now);
    if (how === "signOut") this.model.signOut(id, this.now + tokensForMs, this.now);
    const changes = this.note(
      how === "signOut" ? this.driver.signOut(id, tokensForMs) : this.driver[how](id),
    );
    const openNow = new Set(ids(this.model.open()));
    const ended = openBefore.filter((each) => !openNow.has(each)).toSorted();
    // A socket that closed by itself needs no closing.
    const code = how === "leave" ? CLOSE.left : CLOSE.signedOut;
    const expected = how === "close" ? [] : ended.map((connectionId) => ({ connectionId, code }));
    same(`closed by ${how}`, changes.closes.toSorted(byConnection), expected);
  }

  private endUser(how: "disconnect" | "forget", userId: string): void {
    const expected = ids(this.model.openOf(userId)).map((connectionId) => ({
      connectionId,
      code: CLOSE.disconnected,
    }));
    if (how === "disconnect") this.model.disconnect(userId, this.now);
    else this.model.forget(userId);
    same(`closed by ${how}`, this.note(this.driver.happen({ type: how, userId })).closes, expected);
    if (how === "forget") this.statuses.delete(userId);
  }

  /** A connection that is gone still says something: nothing may come of it (CN2). */
  private haunt(how: "heard" | "leaving" | "close" | "signOut", connectionId: string): void {
    const before = this.dump();
    const event =
      how === "signOut"
        ? { type: how, connectionId, tokensUntilAt: this.now + 1_000 }
        : { type: how, connectionId };
    const { users, connections, pings, closes, deaths } = this.note(this.driver.happen(event));
    same(
      "a ghost changes nothing",
      [users.size, connections.size, pings, closes, deaths],
      [0, 0, [], [], []],
    );
    same("a ghost leaves no trace", this.dump(), before);
  }

  // What time does.

  /** Time passes; the alarm rings on time and pages answer their pings. */
  private elapse(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const due = nextDeadline(this.driver.room) ?? Infinity;
      const pongAt = Math.min(...this.pongs.map((pong) => pong.at));
      const next = Math.max(this.now, Math.min(due, pongAt, until));
      this.driver.now = next;
      if (due <= next) this.sweep();
      else if (pongAt <= next) this.answer(next);
      else return;
      this.check();
    }
  }

  private answer(now: number): void {
    const due = this.pongs.filter((pong) => pong.at <= now);
    this.pongs = this.pongs.filter((pong) => pong.at > now);
    for (const { id } of due) {
      const page = this.pages.get(id);
      const open = this.model.open().some((life) => life.id === id);
      if (page && !page.silent && open) this.hear(id, this.activityOf(page));
    }
  }

  /** Time passes and the alarm does not ring: what comes next comes before the sweep that was due. */
  private oversleep(ms: number): void {
    const due = this.model.deadline(this.now);
    this.driver.now += ms;
    if (due === null || due > this.now) return;
    this.lateSinceAt ??= due;
    this.hasOverslept = true;
  }

  private catchUp(): void {
    const lateSinceAt = this.lateSinceAt;
    if (lateSinceAt === null) return;
    this.sweep();
    this.lateSinceAt = null;
    this.model.observe(this.now);
    // What happened meanwhile was noticed when it was looked at, at the latest now.
    for (const userId of this.model.userIds()) {
      const { sinceAt } = this.driver.user(userId);
      const shown = this.model.shown.get(userId)?.at(-1);
      if (shown && shown.sinceAt !== sinceAt && sinceAt >= lateSinceAt && sinceAt <= this.now)
        shown.sinceAt = sinceAt;
    }
  }

  private sweep(): void {
    const dueAt = nextDeadline(this.driver.room);
    const changes = this.note(this.driver.sweep());
    const { dead, mustPing, mayPing } = this.model.sweep(dueAt, changes.pings, this.now);
    const closed = dead.map((life) => ({ connectionId: life.id, code: CLOSE.heartbeatMissed }));
    same("who is found dead", changes.closes, closed);
    const silences = dead.map((life) => ({ connectionId: life.id, silentMs: this.now - lastHeardAt(life) }));
    same("how long a death went unnoticed", changes.deaths, silences);
    const pinged = new Set(changes.pings);
    same("nobody is pinged twice", changes.pings.length, pinged.size);
    for (const life of mustPing) same("a ping that is due", [life.id, pinged.has(life.id)], [life.id, true]);
    const allowed = new Set(ids([...mustPing, ...mayPing]));
    same(
      "pings without need",
      changes.pings.filter((id) => !allowed.has(id)),
      [],
    );
    for (const id of changes.pings) this.pongs.push({ at: this.now + ROUND_TRIP_MS, id, pingAt: this.now });
  }

  /** A sweep before anything is due does nothing at all (HB4). */
  private sweepEarly(): void {
    const before = this.dump();
    const { users, connections, pings, closes, deaths } = this.driver.sweep();
    same(
      "an early sweep does nothing",
      [users.size, connections.size, pings, closes, deaths],
      [0, 0, [], [], []],
    );
    same("an early sweep leaves no trace", this.dump(), before);
  }

  private choose(id: string, { availability, forMs, hideLastSeen }: Command & { type: "choose" }): void {
    const untilAt = forMs === null ? null : this.now + forMs;
    this.model.choose(id, availability, untilAt, this.now);
    const message = { emoji: null, text: "Lunch", untilAt };
    this.note(this.driver.choose(id, { availability, message, hideLastSeen }));
  }

  // What replicas see.

  private join(audience: Audience): void {
    const replica = { audience, roster: createRoster(), losesNext: false };
    this.replicas.push(replica);
    this.sync(replica);
  }

  private sync({ audience, roster }: Replica): void {
    const { epoch, seq, views } = this.feeds[audience];
    const timings = { intervalMs: 1, inputPauseMs: 1, reconnectSpreadMs: 1, reconnectWithinMs: 1 };
    const shared = encodeSharedSync({
      mode: "roster",
      epoch,
      seq,
      now: this.now,
      timings,
      users: views.values(),
    });
    const frame = encodeSync({ userId: "ada", choices: null }, shared);
    if (audience !== "admin") this.checkSecrets(frame);
    const message = decodeServerMessage(readFrame(frame));
    if (message?.type !== "sync") throw new Error(`not a sync: ${readFrame(frame)}`);
    applyToRoster(roster, message);
    this.checkReplica({ audience, roster, losesNext: false });
  }

  private flush(): void {
    this.flushFeed(this.feeds.member);
    this.flushFeed(this.feeds.private);
    this.flushFeed(this.feeds.admin);
    this.touched.clear();
    for (const [id, user] of this.driver.room.users) {
      same("members are told everything", this.feeds.member.views.get(id), memberView(user));
      same("who hides is told the rest", this.feeds.private.views.get(id), privateView(user));
      same(
        "admins are told everything",
        withoutJitter(this.feeds.admin.views.get(id)),
        withoutJitter(adminView(user)),
      );
    }
    for (const replica of this.replicas) this.checkReplica(replica);
  }

  private flushFeed<View extends UserView>(feed: Feed<View>): void {
    const before = { seq: feed.seq, views: canonical([...feed.views]) };
    const diff = publish(feed, this.driver.room, this.touched);
    if (!diff) {
      same("no diff, no number", feed.seq, before.seq);
      same("no diff, no news", canonical([...feed.views]), before.views);
      return;
    }
    same("numbers without gaps", [diff.seq, feed.seq], [before.seq + 1, before.seq + 1]);
    if (canonical([...feed.views]) === before.views) throw new Error("a diff without news");
    const named = [
      ...diff.added.map((view) => view.id),
      ...diff.changed.map((patch) => patch.id),
      ...diff.removed,
    ];
    same("nobody is named twice", named.length, new Set(named).size);
    const frame = encodeDiff(diff, this.now);
    if (feed.audience !== "admin") this.checkSecrets(frame);
    for (const replica of this.replicas) if (replica.audience === feed.audience) this.deliver(replica, frame);
  }

  private deliver(replica: Replica, frame: Frame): void {
    if (replica.losesNext) {
      replica.losesNext = false;
      return;
    }
    const message = decodeServerMessage(readFrame(frame));
    if (message?.type !== "diff") throw new Error(`not a diff: ${readFrame(frame)}`);
    if (applyToRoster(replica.roster, message).kind === "gap") this.sync(replica);
  }

  private checkReplica({ audience, roster }: Replica): void {
    const { seq, views } = this.feeds[audience];
    // Whoever lost a diff learns of it from the next one.
    if (roster.seq !== seq) return;
    same(`the replica of a ${audience}`, sorted(roster.users), sorted(views));
  }

  private checkSecrets(frame: Frame): void {
    const text = readFrame(frame) ?? "";
    for (const secret of ["socket#", "device#", "sign-in ", "page ", "reason", "invisible", "hideLastSeen"]) {
      if (text.includes(secret)) throw new Error(`members are told ${secret}: ${text}`);
    }
  }

  // What a server goes through.

  private hibernate(): void {
    this.flush();
    const before = this.dump();
    this.driver.hibernate();
    same("what hibernation keeps", this.dump(), before);
    const { epoch, seq } = this.feeds.member;
    const [privateSeq, adminSeq] = [this.feeds.private.seq, this.feeds.admin.seq];
    this.feeds = this.newFeeds(epoch, seq);
    this.feeds.private.seq = privateSeq;
    this.feeds.admin.seq = adminSeq;
  }

  private crash(downMs: number): void {
    const before = new Map([...this.driver.room.users].map(([id, user]) => [id, user.status]));
    this.model.crash(this.now, this.now + downMs);
    this.driver.crash(downMs);
    for (const [id, status] of before)
      same("a restart shows no flicker", [id, this.driver.user(id).status], [id, status]);
    this.pages.clear();
    this.pongs = [];
    this.touched.clear();
    this.feeds = this.newFeeds(`life ${this.model.downs.length + 1}`, 0);
    for (const replica of this.replicas) this.sync(replica);
  }

  private newFeeds(epoch: string, seq: number): Feeds {
    const { room } = this.driver;
    return {
      member: createFeed("member", room, epoch, seq),
      private: createFeed("private", room, epoch, seq),
      admin: createFeed("admin", room, epoch, seq),
    };
  }

  // Comparisons.

  private checkUser(userId: string): void {
    const { model, now } = this;
    const user = this.driver.user(userId);
    const status = model.status(userId, now);
    const { availability = "auto", untilAt = null } = model.chosen.get(userId) ?? {};
    const hasMessage = model.chosen.has(userId) && (untilAt === null || untilAt > now);
    same(`${userId}: availability`, user.choices.availability, availability);
    // With nobody there it may stay for longer, and is cleared before anybody sees it (HB4).
    if (model.open().length > 0 && this.lateSinceAt === null)
      same(`${userId}: message`, user.choices.message !== null, hasMessage);
    same(`${userId}: what members see`, user.shown.status, availability === "invisible" ? "offline" : status);
    const sinceAt = model.shown.get(userId)?.at(-1)?.sinceAt;
    same(`${userId}: status and since`, [user.status, user.sinceAt], [status, sinceAt]);
    same(
      `${userId}: connections`,
      [...user.connections.keys()].toSorted(),
      ids(model.openOf(userId)).toSorted(),
    );
    this.checkLastSeen(userId, user);
    this.checkReason(userId, user);
    if (model.openOf(userId).length > 0 && status === "offline")
      throw new Error(`${userId} is there and shown offline`);
    if (status !== "offline") this.checkBound(userId);
  }

  private checkLastSeen(userId: string, user: User): void {
    const { intervalMs, retryMs } = this.timings;
    const known = [lastSeenAt(user), lastActiveAt(user)] as const;
    const truth = [this.model.lastSeenAt(userId), this.model.lastActiveAt(userId)] as const;
    if (this.model.downs.length === 0) return same(`${userId}: last seen and active`, known, truth);
    // What a crash swallowed is known from the proof of life (DB2): never too late, hardly too early.
    if (known[0] > truth[0] || known[0] < truth[0] - intervalMs - retryMs) {
      throw new Error(`${userId}: last seen at ${known[0]}, in truth at ${truth[0]}`);
    }
    if (known[1] > truth[1])
      throw new Error(`${userId}: last active at ${known[1]}, in truth at ${truth[1]}`);
  }

  /** Nobody silent is shown as present beyond what heartbeats and graces allow (HB2, GR1, GR3). */
  private checkBound(userId: string): void {
    const waitedFor = this.model.gracesOf(userId, this.now).length > 0;
    const silentMs = this.now - Math.max(...this.model.openOf(userId).map(lastHeardAt));
    if (!waitedFor && !this.hasOverslept && silentMs >= deadAfterMs(this.timings)) {
      throw new Error(`${userId} is shown as present after ${silentMs} ms of silence`);
    }
  }

  private checkReason(userId: string, { status, reason }: User): void {
    const { model, now } = this;
    const open = model.openOf(userId);
    const active = open.filter((life) => model.isActive(life, now));
    const lives = model.livesOf(userId);
    const wrong = () => new Error(`${userId} is ${status} because ${JSON.stringify(reason)}`);
    switch (reason?.kind) {
      case "active":
        if (status !== "online" || !active.some((life) => life.id === reason.connectionId)) throw wrong();
        break;
      case "idle": {
        const hidden = open.filter((life) => hiddenAt(life) !== null).length;
        if (status !== "away") throw wrong();
        same("idle", [reason.connections, reason.hidden], [open.length, hidden]);
        break;
      }
      case "grace": {
        const { cause, fromAt, untilAt } = reason;
        const choseAway = model.chosen.get(userId)?.availability === "away";
        const graces = model
          .gracesOf(userId, now)
          .filter((grace) => choseAway || grace.active === (status === "online"));
        const waiting = graces.some(
          (each) => each.cause === cause && each.fromAt === fromAt && each.untilAt === untilAt,
        );
        if (!waiting || active.length > 0 || (status === "away" && open.length > 0 && !choseAway))
          throw wrong();
        break;
      }
      case "chosen":
        if (status !== "away" || model.chosen.get(userId)?.availability !== "away" || open.length === 0)
          throw wrong();
        break;
      case "missed": {
        const { connectionId, lastHeardAt: heardAt, misses } = reason;
        const life = lives.find((each) => each.id === connectionId);
        if (status !== "offline" || life?.end?.how !== "dead" || misses !== this.timings.misses)
          throw wrong();
        same("missed", heardAt, lastHeardAt(life));
        break;
      }
      case "dropped":
      case "closed": {
        const { end } = lives.find((each) => each.id === reason.connectionId) ?? {};
        if (status !== "offline" || end?.how !== reason.kind || end.at !== reason.fromAt) throw wrong();
        break;
      }
      case "disconnected":
        if (status !== "offline" || model.disconnects.every((each) => each.userId !== userId)) throw wrong();
        break;
      case "signedOut":
        if (status !== "offline" || !model.signOuts.some((each) => each.connectionId === reason.connectionId))
          throw wrong();
        break;
      case "restart":
        if (status !== "offline" || reason.lastProofAt > model.lastSeenAt(userId)) throw wrong();
        break;
      default:
        throw wrong();
    }
  }

  private checkDeadline(): void {
    const due = this.model.deadline(this.now);
    same("the next deadline", nextDeadline(this.driver.room), due);
    if (due === null) return;
    for (const userId of this.model.userIds()) {
      const statuses = [this.now, (this.now + due) / 2, due - 1].map((at) => this.model.status(userId, at));
      same(`${userId} until the deadline`, new Set(statuses).size, 1);
    }
  }

  // Small help.

  private note(changes: Changes): Changes {
    for (const id of changes.users) this.touched.add(id);
    for (const { userId, at, was, status } of changes.transitions) {
      if (userId === null) throw new Error("only history forgets names");
      same(`${userId}: a transition`, [at, was], [this.now, this.statuses.get(userId) ?? "offline"]);
      this.statuses.set(userId, status);
    }
    for (const [id, user] of this.driver.room.users) {
      same("where the transitions led", this.statuses.get(id) ?? "offline", user.status);
    }
    return changes;
  }

  private activityOf(page: Page): Activity {
    return {
      idleMs: this.now - page.inputAt,
      hiddenMs: page.hiddenAt === null ? null : this.now - page.hiddenAt,
    };
  }

  private pickOpen(pick: number): Life | undefined {
    return pickFrom(this.model.open(), pick);
  }

  /** All that a room holds and that anything can depend on, in comparable form. */
  private dump(): unknown {
    const { room } = this.driver;
    const users = [...room.users].map(([id, user]) => ({
      id,
      view: adminView(user),
      member: memberView(user),
      choices: user.choices,
      graces: user.graces,
      lastSeenAt: lastSeenAt(user),
      lastActiveAt: lastActiveAt(user),
      signedOut: [...user.signedOut].filter(([, untilAt]) => untilAt > this.now),
    }));
    return canonical({
      users,
      connections: [...room.connections],
      awaited: room.awaited,
      due: nextDeadline(room),
    });
  }
}

function same(what: string, actual: unknown, expected: unknown): void {
  // Most comparisons end here: putting keys in order costs more than all the rest.
  if (actual === expected || JSON.stringify(actual) === JSON.stringify(expected)) return;
  const [is, should] = [canonical(actual), canonical(expected)];
  if (is !== should) throw new Error(`${what}: is ${is}, should be ${should}`);
}

/** Text that is equal for equal plain data, whatever the order of keys. */
function canonical(value: unknown): string {
  const sortKeys = (_: string, each: unknown): unknown =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each;
  return JSON.stringify(value, sortKeys) ?? "undefined";
}

/** Since when a page is hidden is measured anew by each report, and too small a thing to be told anew. */
function withoutJitter(view: AdminUserView | undefined): unknown {
  return (
    view && {
      ...view,
      connections: view.connections.map((each) => ({ ...each, hiddenAt: each.hiddenAt !== null })),
    }
  );
}

function sorted(users: ReadonlyMap<string, UserView>): UserView[] {
  return [...users.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function byConnection(a: { connectionId: string }, b: { connectionId: string }): number {
  return a.connectionId < b.connectionId ? -1 : 1;
}

function ids(lives: readonly { readonly id: string }[]): string[] {
  return lives.map((life) => life.id);
}

function pickFrom<Item>(items: readonly Item[], pick: number): Item | undefined {
  return items[pick % items.length];
}
