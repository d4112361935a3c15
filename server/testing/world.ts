/**
 * For tests only: a small world around the real engine of one room. Pages are touched, hidden, silenced and closed. The
 * server hibernates, is held up and crashes. After each event the room is compared with the naive model, and the pages'
 * replicas with the room.
 */
import { CLOSE } from "../../core/shared/close-codes";
import type { Frame } from "../../core/wire/frames";
import { nextDeadline } from "../../core/room/deadlines";
import type { Room } from "../../core/room/room";
import type { RoomClock } from "../../core/room/room-clock";
import { readFrame } from "../../core/testing/frames";
import { decodeServerMessage, encodeClientMessage, type ClientMessage } from "../../core/wire/protocol";
import { applyToRoster, createRoster, type RosterMessage } from "../../core/replica/roster";
import { lastActiveAt, lastSeenAt, type UserState } from "../../core/room/status";
import type { Activity, Availability, Role, Status, User } from "../../core/shared/terms";
import { deadAfterMs, type Timings } from "../../core/shared/timings";
import { adminView, audienceOf, inWallTime, memberView, VIEWS } from "../../core/room/visibility";
import { AS_ADMIN } from "../gate/admission";
import { comparable } from "./comparable";
import { hiddenAt, lastHeardAt, Model, type Life } from "./model";
import { environmentOf, UNLIMITED } from "./simulated";
import { SimulatedSocket, Stage } from "./stage";

/** What can be told to happen. `pick` chooses among what there is, modulo its number. */
export type Command =
  | {
      readonly type: "connect";
      readonly user: number;
      readonly client: number;
      readonly session: number;
      readonly role: Role;
      /** Null for an observer. */
      readonly activity: Activity | null;
    }
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
  | { readonly type: "loseDiff"; readonly pick: number }
  | { readonly type: "crash"; readonly downMs: number };

const USER_IDS = ["ada", "__proto__", "grace", "constructor"];
const ROUND_TRIP_MS = 20;
/** An alarm may come this much later than the deadline: it rests after it has rung. */
const ALARM_REST_MS = 20;

/** What a browser knows of its own page, and the replica that the page keeps of the room. */
class Page extends SimulatedSocket {
  readonly roster = createRoster();
  /** Frozen, or its cable pulled: it neither answers nor closes. */
  isSilent = false;
  losesNext = false;
  /** Whether it has missed a diff and has not had its sync yet. */
  isBehind = false;
  inputAt: number;
  hiddenAt: number | null;

  constructor(
    readonly world: World,
    readonly life: Omit<Life, "log" | "reports" | "end" | "order">,
    readonly role: Role,
    { idleMs, hiddenMs }: Activity,
  ) {
    super(life.id);
    this.inputAt = world.wall - idleMs;
    this.hiddenAt = hiddenMs === null ? null : world.wall - hiddenMs;
  }

  get activity(): Activity {
    const { wall } = this.world;
    return { idleMs: wall - this.inputAt, hiddenMs: this.hiddenAt === null ? null : wall - this.hiddenAt };
  }

  send(frame: Frame): void {
    this.world.told(this, frame);
  }

  override close(code: number): void {
    if (this.isOpen) this.world.closed.push({ connectionId: this.id, code });
    super.close(code);
  }
}

export class World extends Stage {
  readonly model: Model;
  /** All pages of this life of the server, closed ones included. */
  readonly #pages = new Map<string, Page>();
  /** The sockets that the room has closed since the last look. */
  closed: { connectionId: string; code: number }[] = [];
  /** The connections that were pinged since the last look. */
  #pings: string[] = [];
  #connectionCount = 0;
  /** Whether the server is held up: neither its alarm nor its timers come. */
  #isHeldUp = false;
  /** Whether an alarm was ever late: the bounds of HB2 hold for alarms on time. */
  #hasOverslept = false;
  /** Since when a deadline has passed that the room has not handled yet. */
  #lateSinceAt: number | null = null;
  /**
   * How far the wall clock was ahead of the room's at the last look, and how much of that the next sweep has to excuse.
   */
  #behindMs = 0;
  #lateMs = 0;
  #alarmsSet = 0;
  /** What went wrong where the room would not notice. */
  #failure: Error | null = null;

  constructor(readonly timings: Timings) {
    super({ ...environmentOf(timings), ...UNLIMITED });
    this.model = new Model(timings, (wall) => this.room.clock.roomAt(wall));
  }

  get room(): Room {
    if (!this.engine?.room) throw new Error("the room sleeps");
    return this.engine.room;
  }

  /** The room's time, by which its rules hold (TM1). */
  get now(): number {
    return (this.room.clock as RoomClock).peek(this.wall);
  }

  /** Performs the commands one by one, and compares after each. */
  async perform(commands: readonly Command[]): Promise<void> {
    await this.wake();
    for (const command of commands) {
      this.#noteSkipped();
      await this.#perform(command);
      if (!this.#isHeldUp) await this.#elapse(0);
      this.#check();
    }
    await this.#settle();
    await this.#checkHistory();
    same("what the server logged", this.logged, []);
  }

  async #perform(command: Command): Promise<void> {
    switch (command.type) {
      case "connect": {
        const userId = pickFrom(USER_IDS, command.user) ?? "ada";
        const sessionId = command.session === 0 ? null : `sign-in ${command.session}`;
        const observer = command.activity === null;
        const activity = command.activity ?? { idleMs: 0, hiddenMs: null };
        const life = { userId, clientId: `page ${command.client}`, sessionId, observer };
        await this.#connect(life, command.role, activity);
        break;
      }
      case "return": {
        const life = pickFrom(this.model.lives, command.pick);
        if (!life) break;
        await this.#connect(life, this.#pages.get(life.id)?.role ?? "member", command.activity);
        break;
      }
      case "replay": {
        const signOut = pickFrom(this.model.signOuts, command.pick);
        if (!signOut?.sessionId) break;
        const { userId, sessionId } = signOut;
        const life = { userId, clientId: "page of a thief", sessionId, observer: false };
        await this.#connect(life, "member", { idleMs: 0, hiddenMs: null });
        break;
      }
      case "touch":
      case "hide":
      case "show":
        this.#act(command.type, this.#pickPage(command.pick));
        break;
      case "silence":
      case "unsilence": {
        const page = this.#pickPage(command.pick);
        if (page) page.isSilent = command.type === "silence";
        break;
      }
      case "leave":
      case "close":
      case "signOut": {
        const page = this.#pickPage(command.pick);
        if (page) await this.#end(command.type, page);
        break;
      }
      case "choose": {
        const page = this.#pickPage(command.pick);
        if (page) this.#choose(page, command);
        break;
      }
      case "disconnect":
      case "forget":
        await this.#endUser(command.type, pickFrom(USER_IDS, command.user) ?? "ada");
        break;
      case "haunt": {
        const ghost = pickFrom(
          this.model.lives.filter((life) => life.end),
          command.pick,
        );
        const page = ghost && this.#pages.get(ghost.id);
        if (page) await this.#haunt(command.how, page);
        break;
      }
      case "wait":
        await this.#catchUp();
        await this.#elapse(command.ms);
        break;
      case "waitForDeadline": {
        await this.#catchUp();
        const due = this.model.deadline(this.now);
        if (due !== null) await this.#elapse(Math.max(0, due - this.now + command.offsetMs));
        break;
      }
      case "oversleep":
        this.scheduler.now += command.ms;
        this.#isHeldUp = true;
        this.#hasOverslept = true;
        this.#noteSkipped();
        break;
      case "sweep":
        await this.#catchUp();
        await this.#unchanged("an early sweep", (engine) => engine.alarm());
        break;
      case "flush":
        await this.#settle();
        break;
      case "loseDiff": {
        const page = this.#pickPage(command.pick);
        if (page) page.losesNext = true;
        break;
      }
      case "hibernate":
        await this.#hibernate();
        break;
      case "crash":
        await this.#crash(command.downMs);
        break;
      default:
        command satisfies never;
    }
  }

  /** Compares everything that can be compared at this instant. */
  #check(): void {
    if (this.#failure !== null) throw this.#failure;
    same("closed without a cause", this.#takeClosed(), []);
    const { model, room, now } = this;
    const due = nextDeadline(room);
    if (due !== null && due <= now) {
      this.#lateSinceAt ??= due;
      if (!this.#hasOverslept && now - due > ALARM_REST_MS)
        throw new Error(`the alarm is ${now - due} ms late`);
      return;
    }
    model.observe(now);
    if (this.#lateSinceAt !== null) this.#noticeLate(this.#lateSinceAt);
    this.#lateSinceAt = null;
    same("who is known", [...room.users.keys()].toSorted(), model.userIds().toSorted());
    same("who is connected", [...room.connections.keys()].toSorted(), ids(model.open()).toSorted());
    for (const userId of model.userIds()) this.#checkUser(userId);
    this.#checkDeadline();
  }

  /** What happened while deadlines were late was noticed when the room next looked, at the latest now. */
  #noticeLate(lateSinceAt: number): void {
    for (const userId of this.model.userIds()) {
      const { sinceAt } = this.#user(userId);
      const shown = this.model.shown.get(userId)?.at(-1);
      if (shown && shown.sinceAt !== sinceAt && sinceAt >= lateSinceAt && sinceAt <= this.now)
        shown.sinceAt = sinceAt;
    }
  }

  // What pages and sockets do.

  async #connect(
    { userId, clientId, sessionId, observer }: Pick<Life, "userId" | "clientId" | "sessionId" | "observer">,
    givenRole: Role,
    activity: Activity,
  ): Promise<void> {
    const role = observer ? "admin" : givenRole;
    const life = { id: `socket#${++this.#connectionCount}`, userId, clientId, sessionId, observer };
    const openBefore = ids(this.model.open());
    const isWelcome = this.model.connect(life, activity, this.now);
    const page = new Page(this, life, role, activity);
    this.#pages.set(page.id, page);
    await this.connect(page, {
      ...life,
      profile: { id: userId, name: userId, picture: null },
      guest: false,
      role,
      device: "device#secret",
      activity,
      scope: "roster",
      resumeFrom: null,
    });
    if (!isWelcome) {
      const refused = [{ connectionId: page.id, code: CLOSE.signedOut }];
      same("a signed-out token is refused", this.#takeClosed(), refused);
      return;
    }
    const openNow = new Set(ids(this.model.open()));
    const replaced = openBefore.filter((each) => !openNow.has(each));
    const expected = replaced.map((connectionId) => ({ connectionId, code: CLOSE.replaced }));
    same("a return replaces", this.#takeClosed(), expected);
  }

  #act(what: "touch" | "hide" | "show", page: Page | undefined): void {
    if (!page) return;
    if (what === "hide") page.hiddenAt ??= this.wall;
    else page.hiddenAt = null;
    if (what === "touch") page.inputAt = this.wall;
    if (page.isSilent) return;
    this.model.heard(page.id, page.activity, this.now);
    this.#say(page, { type: "activity", ...page.activity });
  }

  #say(page: Page, message: ClientMessage): void {
    this.#awake.message(page.id, encodeClientMessage(message));
  }

  async #end(how: "leave" | "close" | "signOut", page: Page): Promise<void> {
    const { id } = page;
    const openBefore = ids(this.model.open());
    if (how === "leave") {
      this.model.leaving(id, this.now);
      this.#say(page, { type: "leaving" });
    } else if (how === "close") {
      this.model.close(id, this.now);
      await this.hangUp(page);
    } else {
      this.model.signOut(id, this.now);
      this.#say(page, { type: "signOut" });
    }
    const openNow = new Set(ids(this.model.open()));
    const ended = openBefore.filter((each) => !openNow.has(each)).toSorted();
    // A socket that closed by itself needs no closing, and one that leaves is closed a little later.
    const expected =
      how === "signOut" ? ended.map((connectionId) => ({ connectionId, code: CLOSE.signedOut })) : [];
    same(`closed by ${how}`, this.#takeClosed().toSorted(byConnection), expected);
  }

  async #endUser(how: "disconnect" | "forget", userId: string): Promise<void> {
    const expected = ids(this.model.openOf(userId)).map((connectionId) => ({
      connectionId,
      code: CLOSE.disconnected,
    }));
    const isKnown = this.room.users.has(userId);
    if (how === "disconnect") this.model.disconnect(userId, this.now);
    else this.model.forget(userId);
    const path = `/users/${encodeURIComponent(userId)}${how === "disconnect" ? "/connections" : ""}`;
    const { status } = await this.#ask(path, "DELETE");
    same(`the answer to ${how}`, status, isKnown ? 200 : 404);
    same(`closed by ${how}`, this.#takeClosed(), expected);
  }

  /** A connection that is gone still says something, which must have no effect (CN2). */
  async #haunt(how: "heard" | "leaving" | "close" | "signOut", page: Page): Promise<void> {
    await this.#unchanged("a ghost", (engine) => {
      if (how === "close") engine.close(page);
      else if (how === "heard")
        engine.message(page.id, encodeClientMessage({ type: "activity", ...page.activity }));
      else engine.message(page.id, encodeClientMessage({ type: how }));
    });
  }

  #choose(page: Page, { availability, forMs, hideLastSeen }: Command & { type: "choose" }): void {
    const untilAt = forMs === null ? null : this.wall + forMs;
    this.model.choose(page.id, availability, untilAt, this.now);
    const message = { emoji: null, text: "Lunch", untilAt };
    this.#say(page, { type: "choose", request: 1, availability, message, hideLastSeen });
  }

  // What time does.

  /** Time passes; the alarm rings on time and pages answer their pings. */
  async #elapse(ms: number): Promise<void> {
    await this.scheduler.runUntil(this.wall + ms, () => this.#check());
  }

  /** What was held up comes now. */
  async #catchUp(): Promise<void> {
    if (!this.#isHeldUp) return;
    this.#isHeldUp = false;
    await this.#elapse(0);
    // A clock that has skipped what the server was held up for has the alarm ring once more.
    const due = nextDeadline(this.room);
    if (due !== null && due <= this.now) await this.#elapse(ALARM_REST_MS);
  }

  #answer(page: Page, pingAt: number): void {
    if (page.isSilent || !this.#isOpen(page)) return;
    this.model.heard(page.id, page.activity, this.now);
    this.#say(page, { type: "pong", at: pingAt, ...page.activity });
  }

  override setAlarm(at: number): void {
    this.#alarmsSet += 1;
    super.setAlarm(at);
  }

  /** A turn in which the room may have swept: it sets its alarm anew then. */
  protected override turn(what: "event" | "alarm" | "timer", run: () => void): void {
    if (what === "event") return run();
    this.#noteSkipped();
    const { now } = this;
    const dueAt = this.#dueAt();
    const alarmAt = this.start().rooms.figures(this.id)?.alarmAt ?? null;
    // A room whose clock has skipped a part of the wait asks for its alarm once more.
    const isPremature = what === "alarm" && alarmAt !== null && now < this.room.clock.roomAt(alarmAt);
    const alarmsBefore = this.#alarmsSet;
    const isClockRight = now === this.wall + (this.room.clock as RoomClock).aheadMs;
    const isEarly = isClockRight && (dueAt === null || now < dueAt);
    const before = isEarly ? this.#dump() : null;
    run();
    this.#behindMs = this.wall - this.now;
    const hasSwept = this.#alarmsSet > alarmsBefore || nextDeadline(this.room) === null;
    if (isPremature || !hasSwept) {
      same("pings between sweeps", this.#pings, []);
      return;
    }
    if (before !== null && this.now === now)
      same("an early sweep leaves no trace (HB4)", this.#dump(), before);
    this.#checkSweep(dueAt);
  }

  #checkSweep(dueAt: number | null): void {
    const pings = this.#pings.splice(0);
    const excuse = { dueAt, lateMs: this.#lateMs };
    this.#lateMs = 0;
    const { dead, mustPing, mayPing } = this.model.sweep(excuse, pings, this.now);
    const closed = dead.map((life) => ({ connectionId: life.id, code: CLOSE.heartbeatMissed }));
    same("who is found dead", this.#takeClosed(), closed);
    const pinged = new Set(pings);
    same("nobody is pinged twice", pings.length, pinged.size);
    for (const life of mustPing) same("a ping that is due", [life.id, pinged.has(life.id)], [life.id, true]);
    const allowed = new Set(ids([...mustPing, ...mayPing]));
    same(
      "pings without need",
      pings.filter((id) => !allowed.has(id)),
      [],
    );
  }

  /** The room's clock does not count the time for which the server was held up (TM1). The next sweep excuses it. */
  #noteSkipped(): void {
    const behindMs = this.wall - this.now;
    this.#lateMs += Math.max(0, behindMs - this.#behindMs);
    this.#behindMs = behindMs;
  }

  /** The room's earliest deadline. Messages end by the wall clock, whatever the room's clock has skipped (TM2). */
  #dueAt(): number | null {
    const messages = this.room.connections.size === 0 ? [] : [...this.room.users.values()];
    const ends = messages.map(({ choices }) => (choices.message?.untilAt ?? Infinity) - this.#behindMs);
    const dueAt = Math.min(nextDeadline(this.room) ?? Infinity, ...ends);
    return dueAt === Infinity ? null : dueAt;
  }

  // What replicas see.

  /** The room has sent a frame to a page. The room does not notice a throw. */
  told(page: Page, frame: Frame): void {
    try {
      this.#read(page, readFrame(frame) ?? "");
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }

  #read(page: Page, text: string): void {
    const message = decodeServerMessage(text);
    switch (message?.type) {
      case "ping":
        this.#pings.push(page.id);
        this.scheduler.after(ROUND_TRIP_MS, () => this.#answer(page, message.now));
        break;
      case "sync":
        checkSecrets(page, text);
        page.isBehind = false;
        applyToRoster(page.roster, message);
        break;
      case "diff":
        checkSecrets(page, text);
        if (page.losesNext) page.isBehind = true;
        else this.#readDiff(page, message);
        page.losesNext = false;
        break;
      case "choices":
      case "closing":
        break;
      default:
        throw new Error(`not to be expected: ${text}`);
    }
  }

  #readDiff(page: Page, diff: RosterMessage & { type: "diff" }): void {
    const { roster } = page;
    const before = canonical([...roster.users]);
    const { kind } = applyToRoster(roster, diff);
    same("numbers without gaps", kind === "gap", page.isBehind);
    if (kind === "gap") {
      this.scheduler.after(ROUND_TRIP_MS, () => {
        if (!page.isBehind || page.isSilent || !this.#isOpen(page)) return;
        this.model.heard(page.id, undefined, this.now);
        this.#say(page, { type: "resync" });
      });
      return;
    }
    // By the wall clock, news of the room's clock may be none.
    if (this.room.clock.isWall && canonical([...roster.users]) === before)
      throw new Error("a diff without news");
    const named = [...diff.added, ...diff.changed].map(({ id }) => id).concat(diff.removed);
    same("nobody is named twice", named.length, new Set(named).size);
  }

  /** The room tells all that it has to tell; then replicas are as the room is. */
  async #settle(): Promise<void> {
    await this.#catchUp();
    let difference: unknown;
    // Something new to tell may come up at any moment.
    for (let look = 0; look < 5; look += 1) {
      await this.#elapse(this.timings.flushMs);
      difference = this.#replicaError();
      if (difference === null) return;
    }
    throw difference;
  }

  #replicaError(): Error | null {
    const { clock, users } = this.room;
    for (const { id } of this.model.open()) {
      const page = this.#pages.get(id);
      if (!page || page.isBehind) continue;
      const audience = audienceOf(page.role, users.get(page.life.userId));
      const views = [...users.values()].map((user): User => inWallTime(VIEWS[audience](user), clock));
      const [is, should] = [page.roster.users.values(), views].map((each) => comparable(each, !clock.isWall));
      if (is !== should) return new Error(`the replica of a ${audience}: is ${is}, should be ${should}`);
    }
    return null;
  }

  // What a server goes through.

  async #hibernate(): Promise<void> {
    await this.#settle();
    const before = this.#dump();
    // A timer that is due soon keeps it awake.
    if (!this.sleep()) return;
    // No instance follows another within one millisecond.
    this.scheduler.now += 1;
    await this.wake();
    same("what hibernation keeps", this.#dump(), before);
    this.#forgetLateness();
  }

  async #crash(downMs: number): Promise<void> {
    await this.#settle();
    const { now } = this;
    const before = new Map([...this.room.users].map(([id, user]) => [id, user.status]));
    this.model.crash(now, now + downMs);
    this.#pages.clear();
    this.end();
    this.lines.clear();
    this.scheduler.now += downMs;
    await this.wake();
    for (const [id, status] of before)
      same("a restart shows no flicker", [id, this.#user(id).status], [id, status]);
    this.#forgetLateness();
  }

  /** A new instance has not been held up. */
  #forgetLateness(): void {
    this.#behindMs = this.wall - this.now;
    this.#lateMs = 0;
  }

  // Comparisons.

  #checkUser(userId: string): void {
    const { model, now } = this;
    const user = this.#user(userId);
    const status = model.status(userId, now);
    const { availability = "auto" } = model.chosen.get(userId) ?? {};
    const hasMessage = model.messageUntilAt(userId) > now;
    same(`${userId}: availability`, user.choices.availability, availability);
    // With nobody there it may stay for longer, and is cleared before anybody sees it (HB4).
    if (model.open().length > 0) same(`${userId}: message`, user.choices.message !== null, hasMessage);
    same(`${userId}: what members see`, user.shown.status, availability === "invisible" ? "offline" : status);
    const sinceAt = model.shown.get(userId)?.at(-1)?.sinceAt;
    same(`${userId}: status and since`, [user.status, user.sinceAt], [status, sinceAt]);
    same(
      `${userId}: connections`,
      [...user.connections.keys()].toSorted(),
      ids(model.openOf(userId)).toSorted(),
    );
    this.#checkLastSeen(userId, user);
    this.#checkReason(userId, user);
    if (model.openOf(userId).length > 0 && status === "offline")
      throw new Error(`${userId} is there and shown offline`);
    if (status !== "offline") this.#checkBound(userId);
  }

  #checkLastSeen(userId: string, user: UserState): void {
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
  #checkBound(userId: string): void {
    const waitedFor = this.model.gracesOf(userId, this.now).length > 0;
    const silentMs = this.now - Math.max(...this.model.openOf(userId).map(lastHeardAt));
    const restsMs = (this.timings.misses + 1) * ALARM_REST_MS;
    if (!waitedFor && !this.#hasOverslept && silentMs >= deadAfterMs(this.timings) + restsMs) {
      throw new Error(`${userId} is shown as present after ${silentMs} ms of silence`);
    }
  }

  #checkReason(userId: string, { status, reason }: UserState): void {
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

  #checkDeadline(): void {
    const due = this.model.deadline(this.now);
    same("the next deadline", nextDeadline(this.room), due);
    if (due === null) return;
    for (const userId of this.model.userIds()) {
      const statuses = [this.now, (this.now + due) / 2, due - 1].map((at) => this.model.status(userId, at));
      same(`${userId} until the deadline`, new Set(statuses).size, 1);
    }
  }

  /** The user's changes in the history follow each other, and lead to what the room shows (DB3). */
  async #checkHistory(): Promise<void> {
    for (const [userId, { status, sinceAt }] of this.room.users) {
      const answer = await this.#ask(
        `/users/${encodeURIComponent(userId)}/history?to=${this.wall + 1}`,
        "GET",
      );
      const { changes } = (await answer.json()) as { changes: { was: Status; status: Status }[] };
      let shown: Status = "offline";
      for (const change of changes) {
        same(`${userId}: a transition`, change.was, shown);
        shown = change.status;
      }
      // What is not told yet is not in the history yet.
      if (this.now - sinceAt > this.timings.flushMs)
        same(`${userId}: where the transitions led`, shown, status);
    }
  }

  // Small help.

  get #awake(): NonNullable<Stage["engine"]> {
    if (!this.engine) throw new Error("the room sleeps");
    return this.engine;
  }

  #user(id: string): UserState {
    const user = this.room.users.get(id);
    if (!user) throw new Error(`the room does not know ${id}`);
    return user;
  }

  #ask(path: string, method: string): Promise<Response> {
    const address = `http://server/parties/main/lobby${path}`;
    return this.#awake.request(new Request(address, { method, headers: AS_ADMIN }));
  }

  async #unchanged(what: string, happen: (engine: NonNullable<Stage["engine"]>) => void): Promise<void> {
    const before = this.#dump();
    happen(this.#awake);
    same(`${what} leaves no trace`, [this.#dump(), this.#pings, this.#takeClosed()], [before, [], []]);
  }

  /**
   * The sockets that the room has closed. Pages that leave are closed a little later, and clients that close are
   * answered.
   */
  #takeClosed(): { connectionId: string; code: number }[] {
    return this.closed.splice(0).filter(({ connectionId, code }) => {
      const how = this.model.lives.find(({ id }) => id === connectionId)?.end?.how;
      return !(code === CLOSE.left && (how === "closed" || how === undefined));
    });
  }

  #isOpen({ id }: Page): boolean {
    return this.model.open().some((life) => life.id === id);
  }

  #pickPage(pick: number): Page | undefined {
    return this.#pages.get(pickFrom(this.model.open(), pick)?.id ?? "");
  }

  /** All that a room holds and that anything can depend on, in comparable form. */
  #dump(): string {
    const { room } = this;
    const users = byId(room.users).map(([id, user]) => ({
      id,
      view: adminView(user),
      member: memberView(user),
      choices: user.choices,
      graces: user.graces,
      lastSeenAt: lastSeenAt(user),
      lastActiveAt: lastActiveAt(user),
      signedOut: [...user.signedOut],
    }));
    return canonical({
      users,
      connections: byId(room.connections),
      awaited: room.awaited,
      due: nextDeadline(room),
    });
  }
}

function checkSecrets({ role }: Page, text: string): void {
  if (role === "admin") return;
  // The user's own choices are theirs to know.
  const told = JSON.stringify({ ...JSON.parse(text), choices: null });
  for (const secret of ["socket#", "device#", "sign-in ", "page ", "reason", "invisible", "hideLastSeen"]) {
    if (told.includes(secret)) throw new Error(`members are told ${secret}: ${told}`);
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

function byId<Value>(map: ReadonlyMap<string, Value>): [id: string, value: Value][] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
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
