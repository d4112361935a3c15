import type * as Party from "partykit/server";
import { CLOSE, type CloseCode } from "../core/shared/close-codes";
import { MAX_TOKEN_LIFETIME_S } from "../core/shared/claims";
import { encodeServerMessage } from "../core/wire/encode";
import { overLimit } from "../core/room/occupancy";
import { nextDeadline } from "../core/room/deadlines";
import { step, type RoomEvent } from "../core/room/step";
import type { ClientMessage } from "../core/wire/protocol";
import { awaitReturns, latestInstant, recall, wakeRoom, type Proof } from "../core/room/records";
import type { Changes, Room } from "../core/room/room";
import { RoomClock } from "../core/room/room-clock";
import { fromScopeMessage } from "../core/shared/scope";
import { AHEAD_RETRIED_S, EXPIRED_TOLERANCE_S } from "../core/shared/token-times";
import { readAdmission } from "./gate/admission";
import { Alarm } from "./alarm";
import { serveApi } from "./http/router";
import { discard, pack, unpack, type Attachment } from "./store/attachment";
import { Broadcast } from "./fanout/broadcast";
import { compressed } from "./http/compressed";
import { closeSocket, dismiss } from "./gate/closing";
import { admitConnection, serveEdge } from "./gate/edge";
import { admitToRoom } from "./http/empty-room";
import { figuresOf, type Figures } from "./figures";
import { FlushTimer } from "./fanout/flush-timer";
import { Guard } from "./gate/rate-limiter";
import { History } from "./store/history";
import { Ledger } from "./store/persistence";
import { Leavers } from "./gate/leavers";
import { modeOf } from "./fanout/subscriber";
import { registerRoom, rememberParties, unregisterRoom } from "./http/registration";
import { cleanDueAt, cleanEveryMs, historyFromAt, usersToForget } from "./store/retention";
import { RoomStorage, type Reader } from "./store/room-storage";
import { roomEntered, roomGone, roomLeft } from "./http/rooms-here";
import { servingSinceAt } from "../party/serving";
import { readSettings, type Settings } from "./settings";
import { increment } from "./stats";
import {
  load,
  NOTHING_STORED,
  saveClock,
  saveName,
  saveNumbering,
  saveServing,
  type Stored,
} from "./store/records";
import { Timers } from "./timers";
import { Webhooks } from "./webhooks";

/**
 * A room: sockets, storage and the alarm around core's state machine. It decides nothing itself: what
 * happens is decoded, given to core, and what core says has changed is stored and sent.
 */
export default class RoomServer implements Party.Server {
  static onBeforeConnect(
    request: Party.Request,
    lobby: Party.Lobby,
    context: Party.ExecutionContext,
  ): Promise<Party.Request | Response> {
    begin(lobby);
    return admitConnection(request as unknown as Request, lobby, context) as Promise<
      Party.Request | Response
    >;
  }

  static onBeforeRequest(request: Party.Request, lobby: Party.Lobby): Promise<Party.Request | Response> {
    begin(lobby);
    return admitToRoom(request as unknown as Request, lobby) as Promise<Party.Request | Response>;
  }

  static async onFetch(request: Party.Request, lobby: Party.FetchLobby): Promise<Response> {
    begin(lobby);
    return compressed(request, await serveEdge(request as unknown as Request, lobby));
  }

  readonly options = { hibernate: true };
  readonly #party: Party.Room;
  readonly #storage: RoomStorage;
  #guard!: Guard;
  readonly #history: History;
  #room!: Room;
  #broadcast!: Broadcast;
  #ledger!: Ledger;
  #webhooks: Webhooks | null = null;
  /**
   * The room's name, kept in storage: the platform does not tell it to a room that an alarm has woken. A room without one
   * has never had a connection, and keeps nothing.
   */
  #name = "";
  #alarm!: Alarm;
  #flushTimer!: FlushTimer;
  #clock!: RoomClock;
  readonly #timers = new Timers(() => this.#now());
  readonly #leavers = new Leavers(this.#timers);
  #cancelSave: (() => void) | null = null;
  #savedEpoch: string | null = null;
  /** When this instance was built: at the first event, and after each hibernation. */
  #wokenAt = 0;
  /** Whether storage held nothing at all: the room is new, or has lost its file. */
  #beganEmpty = false;
  /** The last proof of life of a room that woke without sockets of those who were connected; null when they are there. */
  #lostSince: Proof | "unproven" | null = null;
  /** Whether somebody is here, or still counts as being here. */
  #isEntered = false;
  /** When the room next looks for what is too old (DB3). */
  #cleanAt = Infinity;

  constructor(party: Party.Room) {
    this.#party = party;
    this.#storage = new RoomStorage(
      party,
      () => `room ${this.#name || roomName(party)}`,
      {
        readable: (file) => this.#readLate(file),
        lost: () => this.#saveAll(),
        changed: () => this.#noteFigures(),
      },
      (ms, run) => this.#timers.after(ms, run),
    );
    this.#history = new History(this.#storage);
  }

  /** The room wakes: after hibernation with its sockets (HB5), after a restart without (GR3). */
  onStart(): Promise<void> {
    // Without this the first event would be handled before the room has been read.
    return this.#party.blockConcurrencyWhile(() => this.#open()).then(() => this.#noteFigures());
  }

  async #open(): Promise<void> {
    const settings = readSettings(this.#party.env);
    const storage = this.#storage;
    const found = await storage.open(() => load(storage));
    const stored = found ?? NOTHING_STORED;
    this.#guard = new Guard(settings.limits);
    this.#restore(stored, settings);
    const now = this.#wokenAt;
    this.#alarm = new Alarm(
      storage,
      this.#room,
      this.#clock,
      this.#timers,
      () => this.#nextDeadline(),
      () => this.#onDue(),
    );
    this.#flushTimer = new FlushTimer(
      settings.timings,
      this.#timers,
      () => this.#broadcast.size,
      () => this.#flush(),
    );
    this.#ledger = new Ledger(storage, this.#room, this.#history, stored);
    this.#keepRestartGraces(stored);
    const { name } = stored;
    this.#beganEmpty = found !== null && name === "";
    this.#savedEpoch = stored.numbering?.epoch ?? null;
    if (name !== "") {
      if (stored.servingSinceAt !== servingSinceAt()) saveServing(storage, servingSinceAt());
      this.#keepEpoch();
    }
    if (settings.webhook) {
      const clock = { now: () => this.#now(), wallAt: (at: number) => this.#clock.wallAt(at) };
      this.#webhooks = new Webhooks(storage, settings.webhook, this.#ledger.stats, clock, (dueAt) => {
        this.#ledger.saveStats();
        this.#alarm.set(dueAt);
      });
    }
    if (found) await this.#openRest(now);
    if (name === "") this.#cleanAt = Infinity;
    // A pending alarm does not survive a restart of the local server, though storage still names it.
    this.#alarm.reset();
    this.#name = name;
    if (!found) storage.retryLater();
    const isRestart = stored.servingSinceAt !== servingSinceAt();
    if (!isRestart && this.#broadcast.size === 0 && stored.records.some(({ connected }) => connected))
      this.#lostSince = stored.proof ?? "unproven";
  }

  onConnect(socket: Party.Connection<Attachment>, { request }: Party.ConnectionContext): void {
    try {
      const { profile, guest, role, activity, scope, known, ...given } = readAdmission(request.headers);
      const { id } = socket;
      const refusal = this.#refusal({ ...given, userId: profile.id });
      if (refusal) {
        increment(this.#ledger.stats.closes, String(refusal.code));
        dismiss(socket, refusal.code, refusal.detail);
        return;
      }
      this.#learnName(request.url);
      this.#ledger.stats.connects += 1;
      this.#broadcast.add(socket, id, { userId: profile.id, role }, { scope, known });
      const connection = { id, userId: profile.id, ...given };
      this.#apply({ type: "connect", connection, profile, guest, activity });
      if (!given.observer) registerRoom(this.#party, this.#name, () => void this.#logEmpty());
    } catch (error) {
      // A throw in here would leave a socket that nobody knows of.
      console.error("could not connect", error);
      dismiss(socket, CLOSE.unavailable, "the server could not take the connection");
    }
  }

  onMessage(data: string | ArrayBuffer, socket: Party.Connection<Attachment>): void {
    const { id } = socket;
    if (!this.#room.connections.has(id)) return;
    const { stats } = this.#ledger;
    stats.messagesIn += 1;
    const verdict = this.#guard.judge(id, data, this.#now());
    if (verdict.kind !== "message") increment(stats.errors, verdict.code);
    switch (verdict.kind) {
      case "message":
        this.#onClientMessage(id, verdict.message);
        break;
      case "error":
        this.#send(id, encodeServerMessage({ type: "error", code: verdict.code, detail: verdict.detail }));
        // Nonsense proves life too: anything that a client sends counts as hearing it (HB1).
        this.#apply({ type: "heard", connectionId: id });
        break;
      case "close":
        this.#close(id, verdict.closeCode, verdict.detail);
        this.#apply({ type: "close", connectionId: id });
        break;
      default:
        verdict satisfies never;
    }
  }

  onClose(socket: Party.Connection<Attachment>): void {
    const { id } = socket;
    // Closed by the room itself, which has emptied it: nothing is left to do for it.
    if (!this.#broadcast.get(id) && socket.state === null) return;
    this.#guard.forget(id);
    this.#broadcast.remove(id);
    this.#recall(socket);
    discard(socket);
    // Chromium waits many seconds for its close event unless the server answers the close.
    closeSocket(socket, 1000, "");
    this.#apply({ type: "close", connectionId: id });
  }

  onError(socket: Party.Connection<Attachment>): void {
    this.onClose(socket);
  }

  onAlarm(): void {
    // The runtime repeats an alarm in which an earlier instance died, and that proves nothing of the time (TM1).
    if (this.#alarm.at !== null && this.#now() < this.#alarm.at) this.#alarm.rearm();
    else this.#onDue();
  }

  /** The alarm's time has come. */
  #onDue(): void {
    const now = this.#readClock((wall) => this.#clock.rang(wall));
    this.#alarm.rang(now);
    this.#apply({ type: "sweep", lateMs: this.#clock.takeLateMs() });
    if (now >= this.#cleanAt) void this.#clean(now).then(() => this.#noteFigures());
    if (this.#ledger.settle(now)) this.#save();
    void this.#webhooks?.pump(now);
    this.#alarm.reset();
  }

  async onRequest(request: Party.Request): Promise<Response> {
    this.#reviveIfLost();
    // Whoever asks has perhaps just been told, and finds it written.
    if (this.#cancelSave !== null) this.#save();
    const now = this.#now();
    const room = {
      room: this.#room,
      history: this.#history,
      figures: () => this.#figures(),
      historyDays: readSettings(this.#party.env).historyDays,
      maxIds: this.#guard.limits.watchedIds,
      apply: (event: RoomEvent) => this.#apply(event),
      erase: (userId: string) => this.#erase(userId),
      deleteRoom: () => this.#delete(),
    };
    return compressed(request, await serveApi(request as unknown as Request, room, this.#clock.wallAt(now)));
  }

  /**
   * Writes down who got a grace from a restart, before anything proves the room alive anew: what proves
   * those who have returned must never pass for proof of those who have not (DB2, GR3).
   */
  #keepRestartGraces({ records, servingSinceAt: hadBy }: Stored): void {
    const restarted = hadBy !== servingSinceAt();
    for (const { connected, profile } of records) {
      const { connections, graces } = this.#room.users.get(profile.id) ?? {};
      // A grace that a restart has cut short is longer now.
      const hasNewGrace = connected || (restarted && graces !== undefined && graces.length > 0);
      if (hasNewGrace && connections?.size === 0) this.#ledger.touched.add(profile.id);
    }
    if (this.#ledger.touched.size === 0) return;
    this.#flush();
    this.#save();
  }

  /** The platform does not list a socket whose close wakes the room: only that close brings it to light. */
  #recall(socket: Party.Connection<Attachment>): void {
    const unpacked = this.#room.connections.has(socket.id) ? null : unpack(socket.state);
    if (!unpacked) return;
    // The room has slept, and this close has woken it.
    this.#lostSince = null;
    const { connection } = unpacked;
    recall(this.#room, connection, this.#wokenAt);
    // Admins were told of it before the room slept, and the room woke without it.
    this.#broadcast.retell(connection.userId);
    this.#ledger.touched.add(connection.userId);
  }

  /** Builds the room from what storage and the surviving sockets hold. */
  #restore(stored: Stored, settings: Settings): void {
    const attached = [...this.#party.getConnections<Attachment>()].flatMap((socket) => {
      // Without the users' records there is nobody to count a connection to: it comes back with its token.
      const unpacked = stored === NOTHING_STORED ? null : unpack(socket.state);
      if (!unpacked) dismiss(socket, CLOSE.unavailable, "the connection was not set up to its end");
      return unpacked ? [{ socket, ...unpacked }] : [];
    });
    const waking = {
      records: stored.records,
      connections: attached.map(({ connection }) => connection),
      proof: stored.proof,
      restarted: stored.servingSinceAt !== servingSinceAt(),
      servingSinceAt: 0,
    };
    this.#clock = new RoomClock(stored.clock, latestInstant(waking), settings.timings.retryMs / 3);
    this.#room = wakeRoom(settings.timings, waking, this.#clock);
    if (attached.length > 0) this.#clock.expectAlarm(nextDeadline(this.#room));
    const now = this.#readClock((wall) => this.#clock.read(wall));
    this.#wokenAt = now;
    // As long ago as the wall clock says: whatever the room's own clock showed before this server served (TM2).
    waking.servingSinceAt = now - Math.max(0, this.#clock.wallAt(now) - servingSinceAt());
    awaitReturns(this.#room, waking, now);
    const wasDown = waking.restarted && stored.records.some(({ connected }) => connected);
    if (wasDown && stored.proof)
      this.#history.noteGap({ fromAt: stored.proof.at, toAt: waking.servingSinceAt });
    // With nobody left who knows the old numbers, new ones cannot be mistaken for them.
    const numbering = attached.length > 0 ? stored.numbering : null;
    this.#broadcast = new Broadcast(
      this.#room,
      numbering ?? {
        epoch: newEpoch(),
        memberSeq: 0,
        privateSeq: 0,
        adminEpoch: newEpoch(),
        adminSeq: 0,
      },
      { rosterLimit: settings.rosterLimit, unreadLength: settings.limits.unreadLength },
      newEpoch,
    );
    for (const { socket, connection, role, mode } of attached) {
      this.#broadcast.keep(socket, connection.id, { userId: connection.userId, role }, mode);
    }
  }

  #onClientMessage(connectionId: string, message: ClientMessage): void {
    const now = this.#now();
    const wall = this.#clock.wallAt(now);
    switch (message.type) {
      case "pong":
        this.#broadcast.get(connectionId)?.outbox.answered(message.at);
        this.#apply({ type: "heard", connectionId, activity: message, pingAt: message.at });
        break;
      case "activity":
        this.#apply({ type: "heard", connectionId, activity: message });
        break;
      case "probe":
        this.#send(connectionId, encodeServerMessage({ type: "echo", at: message.at, now: wall }));
        this.#apply({ type: "heard", connectionId, activity: message });
        break;
      case "resync":
        this.#broadcast.resync(connectionId);
        this.#apply({ type: "heard", connectionId });
        break;
      case "scope":
        this.#broadcast.setScope(connectionId, fromScopeMessage(message));
        this.#apply({ type: "heard", connectionId });
        break;
      case "page":
        this.#broadcast.turn(connectionId, message.request, message.query, now);
        this.#apply({ type: "heard", connectionId });
        break;
      case "choose":
        this.#apply({ type: "choose", connectionId, choices: message });
        this.#broadcast.answerChoice(connectionId, message.request);
        break;
      case "leaving":
        this.#apply({ type: "leaving", connectionId });
        break;
      case "signOut":
        this.#apply({ type: "signOut", connectionId, tokensUntilAt: wall + this.#longestTokenS() * 1_000 });
        break;
      default:
        message satisfies never;
    }
  }

  /** For how long a token made now may be good, whoever made it and whatever their clock: an ended sign-in is remembered for that long (GR2). */
  #longestTokenS(): number {
    const lifetimeS = Math.max(
      MAX_TOKEN_LIFETIME_S,
      readSettings(this.#party.env).provider?.maxLifetimeS ?? 0,
    );
    return lifetimeS + AHEAD_RETRIED_S + EXPIRED_TOLERANCE_S;
  }

  /** Gives core an event and carries out what it answers. */
  #apply(event: RoomEvent): void {
    this.#reviveIfLost();
    const now = this.#now();
    const awaitedBefore = this.#room.awaited;
    const wasEmpty = this.#room.connections.size === 0;
    const changes = step(this.#room, event, now);
    for (const { connectionId, code } of changes.closes) this.#close(connectionId, code, "");
    this.#keepConnections(changes);
    const chooser = event.type === "choose" ? event.connectionId : null;
    for (const userId of changes.chosen) this.#broadcast.tellChoices(userId, chooser);
    this.#sendPings(changes, now);
    // Everybody has just answered, or has just been asked: the room is alive (DB2).
    const allAnswered = awaitedBefore > 0 && this.#room.awaited === 0;
    this.#ledger.note(changes);
    if (allAnswered || changes.pings.length > 0 || this.#ledger.isProofDue(now))
      this.#ledger.prove(this.#broadcast.numbering, now);
    this.#alarm.advance(changes);
    // What was due while there was nobody to see it waits no longer (HB4, ST4).
    if (wasEmpty && this.#room.connections.size > 0) this.#alarm.reset();
    this.#flushTimer.waitFor(this.#ledger.touched.size + this.#broadcast.unsynced, now);
    this.#noteFigures();
  }

  #figures(): Figures {
    const alarmAt = this.#alarm.at;
    return figuresOf(this.#room, {
      stats: this.#ledger.stats,
      webhooksWaiting: this.#webhooks?.waiting ?? 0,
      storageFault: this.#storage.fault,
      wokenAt: this.#clock.wallAt(this.#wokenAt),
      alarmAt: alarmAt === null ? null : this.#clock.wallAt(alarmAt),
    });
  }

  /** Has the metrics and the directory know what the room would say, and a room that keeps nothing leave nothing. */
  #noteFigures(): void {
    if (this.#name === "") return;
    const isEmpty = this.#room.connections.size === 0 && nextDeadline(this.#room) === null;
    if (!isEmpty) {
      if (this.#isEntered) return;
      this.#isEntered = true;
      this.#cleanAt = Math.min(this.#cleanAt, this.#now() + cleanEveryMs(readSettings(this.#party.env)));
      roomEntered(this.#name, () => this.#figures());
      return;
    }
    this.#isEntered = false;
    roomLeft(this.#name, this.#figures(), Date.now());
    // What cannot be read now is looked at when the room next cleans up.
    this.#rest().catch((error: unknown) => console.error(`room ${this.#name} could not rest`, error));
  }

  /** Nobody is here: wakes the room when something it keeps is too old, and empties it when it keeps nothing (DB3). */
  async #rest(): Promise<void> {
    const oldestAt = await this.#history.oldestAt();
    if (this.#isEntered || this.#name === "") return;
    const dueAt = cleanDueAt(this.#room, oldestAt, readSettings(this.#party.env), this.#now());
    if (dueAt === null && (this.#webhooks?.waiting ?? 0) === 0) return await this.#leaveNothing();
    this.#cleanAt = dueAt ?? Infinity;
    // It may be set for what was due while somebody was here.
    this.#alarm.clear();
    this.#alarm.reset();
  }

  /** Forgets who and what is too old (DB3). */
  async #clean(now: number): Promise<void> {
    const settings = readSettings(this.#party.env);
    for (const userId of usersToForget(this.#room, settings, now)) this.#apply({ type: "forget", userId });
    this.#cleanAt = now + cleanEveryMs(settings);
    await this.#history.prune(historyFromAt(settings, now));
  }

  /** Deletes the room: its connections, its users, and all that it keeps. Returns how many connections there were. */
  async #delete(): Promise<number> {
    const ids = [...this.#room.connections.keys()];
    for (const id of ids) this.#close(id, CLOSE.roomDeleted, "the room was deleted");
    await this.#empty();
    return ids.length;
  }

  /** Deletes all that the room keeps, and begins anew as one that nobody has been in. */
  async #empty(): Promise<void> {
    this.#webhooks?.stop();
    const unregistered = this.#leaveNothing();
    await this.#party.blockConcurrencyWhile(() => this.#open());
    await unregistered;
    // Who has deleted a room may rely on it.
    await this.#storage.settled();
  }

  /** Leaves nothing in storage, at once: whoever enters next is written after it. Resolves when the directory knows. */
  #leaveNothing(): Promise<void> {
    const name = this.#name;
    this.#name = "";
    this.#isEntered = false;
    this.#savedEpoch = null;
    this.#cleanAt = Infinity;
    this.#flushTimer.stop();
    this.#cancelSave?.();
    this.#cancelSave = null;
    this.#alarm.clear();
    this.#storage.clear();
    roomGone(name);
    return unregisterRoom(this.#party, name);
  }

  #keepConnections(changes: Changes): void {
    for (const id of changes.connections) {
      const connection = this.#room.connections.get(id);
      const listener = this.#broadcast.get(id);
      if (connection && listener) listener.socket.setState(pack(connection, listener.role, modeOf(listener)));
    }
  }

  #sendPings(changes: Changes, now: number): void {
    if (changes.pings.length === 0) return;
    const text = encodeServerMessage({ type: "ping", now: this.#clock.wallAt(now) });
    for (const id of changes.pings) this.#send(id, text);
  }

  #send(id: string, text: string): void {
    this.#broadcast.get(id)?.outbox.send(text);
  }

  async #erase(userId: string): Promise<void> {
    this.#apply({ type: "forget", userId });
    // Their last changes must be in the history before their name is taken out of it.
    this.#flush();
    this.#save();
    await this.#history.erase(userId);
    await this.#storage.settled();
  }

  /** Reads what the room can begin without. Throws nothing: the runtime would end the room. */
  async #openRest(now: number): Promise<void> {
    try {
      await this.#webhooks?.open();
      await this.#clean(now);
    } catch (error) {
      console.error("a part of the room's storage could not be read", error);
    }
  }

  /** The storage can be read at last, after the room began without: what it holds comes in (OP3). */
  async #readLate(file: Reader): Promise<void> {
    const stored = await load(file);
    this.#apply({ type: "adopt", records: stored.records, proof: stored.proof });
    this.#ledger.adopt(stored);
    saveClock(this.#storage, this.#clock.segments);
    await this.#webhooks?.open();
    this.#alarm.reset();
  }

  /** Writes everything anew, into a file that holds nothing (OP3). */
  #saveAll(): void {
    for (const userId of this.#room.users.keys()) this.#ledger.touched.add(userId);
    this.#saveIdentity();
    this.#ledger.prove(this.#broadcast.numbering, this.#now());
  }

  /** What any room that keeps something has in storage. */
  #saveIdentity(): void {
    saveName(this.#storage, this.#name);
    saveServing(this.#storage, servingSinceAt());
    if (!this.#clock.isWall) saveClock(this.#storage, this.#clock.segments);
  }

  /**
   * A room that wakes without the sockets of those who were connected has been ended by the runtime, alone: they get
   * what a restart gives (GR3). Unless the event that woke it is the close of the last of them: only that event tells.
   */
  #reviveIfLost(): void {
    if (this.#lostSince === null) return;
    const proof = this.#lostSince;
    this.#lostSince = null;
    console.error(`room ${this.#name}: it was ended while people were in it, and begins anew`);
    if (proof !== "unproven") this.#history.noteGap({ fromAt: proof.at, toAt: this.#wokenAt });
    this.#apply({ type: "revive", wokenAt: this.#wokenAt });
    this.#flush();
    this.#save();
    this.#alarm.reset();
  }

  /** The room keeps nothing although the directory knows it: its file has been lost (OP3). */
  async #logEmpty(): Promise<void> {
    if (!this.#beganEmpty) return;
    this.#beganEmpty = false;
    const file = await this.#storage.file();
    console.error(
      `room ${this.#name}: the file ${file} in the state directory is empty, though the room was there before`,
    );
  }

  #flush(): void {
    const now = this.#now();
    this.#flushTimer.flushed(this.#ledger.touched.size, now);
    this.#keepEpoch();
    this.#ledger.stats.framesOut += this.#broadcast.flush(this.#ledger.touched, now);
    this.#ledger.told();
    // The runtime sends once it has its turn: what is written in this one would keep everybody waiting.
    this.#cancelSave ??= this.#timers.after(0, () => this.#save());
    for (const id of this.#broadcast.stuck(now)) {
      this.#close(id, CLOSE.tooSlow, "the client does not read what it is sent");
      this.#apply({ type: "close", connectionId: id });
    }
  }

  /** Writes what has been told (DB1, DB3). */
  #save(): void {
    this.#cancelSave?.();
    this.#cancelSave = null;
    const now = this.#now();
    const transitions = this.#ledger.save(this.#broadcast.numbering, now);
    if (transitions.length > 0) {
      const told = transitions.map((each) => ({ ...each, at: this.#clock.wallAt(each.at) }));
      this.#webhooks?.push(this.#name, told, now);
    }
    if (!this.#isEntered) this.#noteFigures();
  }

  #keepEpoch(): void {
    const { numbering } = this.#broadcast;
    if (numbering.epoch === this.#savedEpoch) return;
    this.#savedEpoch = numbering.epoch;
    saveNumbering(this.#storage, numbering);
  }

  /** The room's time (TM1). */
  #now(): number {
    return this.#readClock((wall) => this.#clock.read(wall));
  }

  /** Reads the room's clock; what hangs on the wall clock follows when that has been set. */
  #readClock(read: (wall: number) => number): number {
    const { aheadMs } = this.#clock;
    const now = read(Date.now());
    if (this.#clock.aheadMs === aheadMs) return now;
    saveClock(this.#storage, this.#clock.segments);
    if (this.#clock.aheadMs > aheadMs) {
      // It was set back. The room may be about to be built, and then nothing hangs on it yet.
      this.#alarm?.rearm();
      this.#timers.rearm();
    }
    return now;
  }

  /** When the room has to wake next: for presence, for a webhook that waits, or to forget what is too old. */
  #nextDeadline(): number | null {
    const presence = nextDeadline(this.#room);
    const webhook = this.#webhooks?.dueAt ?? null;
    const earliest = Math.min(
      presence ?? Infinity,
      webhook ?? Infinity,
      this.#ledger.settlesAt,
      this.#cleanAt,
    );
    return earliest === Infinity ? null : earliest;
  }

  #learnName(connectUrl: string): void {
    if (this.#name === "") {
      this.#name = new URL(connectUrl).pathname.split("/")[3] ?? "";
      this.#saveIdentity();
    }
  }

  /** Why one more connection cannot be taken (SE4). */
  #refusal(newcomer: Parameters<typeof overLimit>[1]): { code: CloseCode; detail: string } | null {
    const { limits } = this.#guard;
    const over = overLimit(this.#room, newcomer, limits);
    switch (over) {
      case null:
        return null;
      case "connectionsPerUser":
        return { code: CLOSE.tooManyOfUser, detail: `a user may have ${limits[over]} connections here` };
      case "connectionsPerRoom":
        return { code: CLOSE.roomFull, detail: `a room may have ${limits[over]} connections` };
      case "usersPerRoom":
        return { code: CLOSE.tooManyUsers, detail: `a room may know ${limits[over]} users` };
      default:
        return over satisfies never;
    }
  }

  #close(id: string, code: CloseCode, reason: string): void {
    this.#guard.forget(id);
    const socket = this.#broadcast.remove(id);
    if (!socket) return;
    discard(socket);
    if (code === CLOSE.left) this.#leavers.closeSoon(socket, this.#now());
    else dismiss(socket, code, reason);
  }
}

/** Names a numbering. Two of one room that are the same would make one number mean two things (SY4). */
function newEpoch(): string {
  return crypto.randomUUID().slice(0, 8);
}

/** What has to be known from the first event of a server on, whichever it is. */
function begin({ parties }: Pick<Party.Lobby, "parties">): void {
  servingSinceAt();
  rememberParties(parties);
}

/** A room that an alarm has woken is not told its name, and knows its id alone. */
function roomName(party: Party.Room): string {
  try {
    return party.id;
  } catch {
    return party.internalID;
  }
}
