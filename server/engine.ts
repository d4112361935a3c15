import { CLOSE, type CloseCode } from "../core/shared/close-codes";
import { MAX_TOKEN_LIFETIME_S } from "../core/shared/claims";
import { encodeServerMessage } from "../core/wire/encode";
import { exceededLimit } from "../core/room/occupancy";
import { nextDeadline } from "../core/room/deadlines";
import { step, type RoomEvent } from "../core/room/step";
import type { ClientMessage } from "../core/wire/protocol";
import { awaitReturns, latestInstant, restoreConnection, wakeRoom, type Proof } from "../core/room/records";
import type { Changes, Room } from "../core/room/room";
import { RoomClock } from "../core/room/room-clock";
import { fromScopeMessage } from "../core/shared/scope";
import { AHEAD_RETRIED_S, EXPIRED_TOLERANCE_S } from "../core/shared/token-times";
import { readAdmission } from "./gate/admission";
import { Alarm } from "./alarm";
import { inWallTime } from "./http/history";
import { serveApi } from "./http/router";
import { discard, pack, unpack } from "./store/attachment";
import { Broadcast } from "./fanout/broadcast";
import { compressed } from "./http/compressed";
import { closeSocket, dismiss } from "./gate/closing";
import { figuresOf, type Figures } from "./figures";
import { FlushTimer } from "./fanout/flush-timer";
import { RateLimiter } from "./gate/rate-limiter";
import { History } from "./store/history";
import { Persistence } from "./store/persistence";
import { Leavers } from "./gate/leavers";
import { modeOf } from "./fanout/subscriber";
import { Registration } from "./http/registration";
import { cleanDueAt, cleanEveryMs, historyFromAt, usersToForget } from "./store/retention";
import { RoomStorage, type Reader } from "./store/room-storage";
import type { Cancel, HostSocket, RoomHost } from "./host";
import type { Server } from "./server";
import type { Settings } from "./settings";
import { increment } from "./stats";
import type { LogEntry } from "./log";
import { load, NOTHING_STORED, saveRoom, type Stored } from "./store/records";
import { Timers } from "./timers";
import { Webhooks } from "./webhooks";

/** Why a newcomer is refused, by the exceeded limit (SE4). */
const REFUSALS = {
  connectionsPerUser: [CLOSE.tooManyOfUser, "a user may have % connections here"],
  connectionsPerRoom: [CLOSE.roomFull, "a room may have % connections"],
  usersPerRoom: [CLOSE.tooManyUsers, "a room may know % users"],
} as const;

/**
 * One room: its sockets, storage and alarm around core's state machine. Decodes events, gives them to core, and stores
 * and sends the changes. A host calls one method for each event and knows nothing of presence.
 */
export class RoomEngine {
  readonly #host: RoomHost;
  readonly #server: Server;
  readonly #storage: RoomStorage;
  readonly #registration: Registration;
  readonly #history: History;
  #limiter!: RateLimiter;
  #room!: Room;
  #broadcast!: Broadcast;
  #persistence!: Persistence;
  #webhooks: Webhooks | null = null;
  /**
   * The room's name, kept in storage: PartyKit does not tell it to a room that an alarm has woken. Empty for a room
   * that has never had a connection; such a room keeps nothing.
   */
  #name = "";
  #alarm!: Alarm;
  #flushTimer!: FlushTimer;
  #clock!: RoomClock;
  readonly #timers: Timers;
  readonly #leavers: Leavers;
  #cancelSave: Cancel | null = null;
  #savedEpoch: string | null = null;
  /** When this instance was created: at the first event, and after each hibernation. */
  #wokenAt = 0;
  /** Whether another process had the room awake last, and no socket survived it (GR3). */
  #isRestarted = false;
  /** Whether storage was empty: the room is new, or has lost its file. */
  #beganEmpty = false;
  /** The last proof of life of a room that woke without the sockets of its connected users; null if it has them. */
  #lostSince: Proof | "unproven" | null = null;
  /** Whether the room has connections or deadlines. */
  #isEntered = false;
  /** When the room next looks for what is too old (DB3). */
  #cleanAt = Infinity;

  constructor(host: RoomHost, server: Server) {
    this.#host = host;
    this.#server = server;
    this.#timers = new Timers(() => this.#now(), server.host);
    this.#leavers = new Leavers(this.#timers);
    this.#registration = new Registration(server);
    this.#storage = new RoomStorage(
      host.id,
      () => this.#logName,
      server,
      {
        readable: (file) => this.#readLate(file),
        lost: () => this.#saveAll(),
        changed: () => this.#noteFigures(),
      },
      (ms, run) => this.#timers.after(ms, run),
    );
    this.#history = new History(this.#storage);
  }

  /** The state of the room, for tests. Null before `open`. */
  get room(): Room | null {
    return this.#room ?? null;
  }

  /**
   * Wakes the room: with its sockets after hibernation (HB5), without them after a restart (GR3). Call it once, before
   * the first event.
   */
  async open(): Promise<void> {
    // The first event must wait until the room has been read.
    await this.#host.blockConcurrencyWhile(() => this.#open());
    this.#noteFigures();
  }

  async #open(): Promise<void> {
    const { settings, host } = this.#server;
    const storage = this.#storage;
    const found = await storage.open(
      () => load(storage),
      ({ name }) => name === "",
    );
    const stored = found ?? NOTHING_STORED;
    this.#limiter = new RateLimiter(settings.limits);
    this.#restore(stored, settings);
    const now = this.#wokenAt;
    this.#alarm = new Alarm(
      this.#host,
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
    this.#persistence = new Persistence(storage, this.#room, this.#history, stored);
    this.#keepRestartGraces(stored);
    const { name } = stored;
    this.#beganEmpty = found !== null && name === "";
    this.#savedEpoch = stored.numbering?.epoch ?? null;
    if (name !== "") {
      if (stored.servedBy !== this.#server.id) saveRoom(storage, { servedBy: this.#server.id });
      this.#keepEpoch();
    }
    if (settings.webhook) {
      const clock = { now: () => this.#now(), wallAt: (at: number) => this.#clock.wallAt(at) };
      this.#webhooks = new Webhooks(
        storage,
        settings.webhook,
        this.#persistence.stats,
        host,
        (event, message, error) => this.#log(event, message, error),
        clock,
        (dueAt) => {
          this.#persistence.saveStats();
          this.#alarm.set(dueAt);
        },
      );
    }
    if (found) await this.#openRest(now);
    if (name === "") this.#cleanAt = Infinity;
    // A pending alarm does not survive a restart of the local server, though storage still names it.
    this.#alarm.reset();
    this.#name = name;
    if (!found) storage.retryLater();
    if (!this.#isRestarted && this.#broadcast.size === 0 && stored.records.some(({ connected }) => connected))
      this.#lostSince = stored.proof ?? "unproven";
  }

  /** Handles a new connection. `request` comes from `admitConnection`. Never throws. */
  connect(socket: HostSocket, request: Pick<Request, "headers" | "url">): void {
    try {
      const { profile, guest, role, activity, scope, resumeFrom, ...given } = readAdmission(request.headers);
      const { id } = socket;
      const refusal = this.#refusal({ ...given, userId: profile.id });
      if (refusal) {
        increment(this.#persistence.stats.closes, String(refusal.code));
        dismiss(socket, refusal.code, refusal.detail);
        return;
      }
      this.#learnName(request.url);
      this.#persistence.stats.connects += 1;
      this.#broadcast.add(socket, { userId: profile.id, role }, { scope, resumeFrom });
      const connection = { id, userId: profile.id, ...given };
      this.#apply({ type: "connect", connection, profile, guest, activity });
      if (!given.observer) this.#registration.register(this.#name, () => void this.#logEmpty());
    } catch (error) {
      // A throw would leave a socket without a connection.
      this.#log("connect-failed", "a connection could not be taken", error);
      dismiss(socket, CLOSE.unavailable, "the server could not take the connection");
    }
  }

  /** Handles a frame of the connection `id`. */
  message(id: string, data: string | ArrayBuffer): void {
    if (!this.#room.connections.has(id)) return;
    const { stats } = this.#persistence;
    stats.messagesIn += 1;
    const verdict = this.#limiter.judge(id, data, this.#now());
    if (verdict.kind !== "message") increment(stats.errors, verdict.code);
    switch (verdict.kind) {
      case "message":
        this.#onClientMessage(id, verdict.message);
        break;
      case "error":
        this.#send(id, encodeServerMessage({ type: "error", code: verdict.code, detail: verdict.detail }));
        // Every frame proves life, including a malformed one (HB1).
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

  /** Handles a socket that has closed or failed. */
  close(socket: HostSocket): void {
    const { id } = socket;
    // The room itself closed the socket, and cleared its attachment.
    if (!this.#broadcast.get(id) && socket.attachment === null) return;
    this.#limiter.forget(id);
    this.#broadcast.remove(id);
    this.#restoreConnection(socket);
    discard(socket);
    // Chromium waits many seconds for its close event unless the server answers the close.
    closeSocket(socket, 1000, "");
    this.#apply({ type: "close", connectionId: id });
  }

  /** Handles the host's alarm. */
  alarm(): void {
    // The runtime repeats an alarm if an instance ended in it. That proves nothing about the time (TM1).
    if (this.#alarm.at !== null && this.#now() < this.#alarm.at) this.#alarm.rearm();
    else this.#onDue();
  }

  /** Handles everything that is due. */
  #onDue(): void {
    const now = this.#readClock((wall) => this.#clock.rang(wall));
    this.#alarm.rang(now);
    this.#apply({ type: "sweep", lateMs: this.#clock.takeLateMs() });
    if (now >= this.#cleanAt) void this.#clean(now).then(() => this.#noteFigures());
    if (this.#persistence.settle(now)) this.#save();
    void this.#webhooks?.pump(now);
    this.#alarm.reset();
  }

  /** Answers an HTTP request from `admitToRoom`, or from another party. Never throws. */
  async request(request: Request): Promise<Response> {
    this.#reviveIfLost();
    // A client that requests the history right after a diff must find the diff's changes in it.
    if (this.#cancelSave !== null) this.#save();
    const { settings, host } = this.#server;
    const room = {
      room: this.#room,
      now: this.#clock.wallAt(this.#now()),
      history: this.#history,
      figures: () => this.#figures(),
      historyDays: settings.historyDays,
      maxIds: settings.limits.watchedIds,
      apply: (event: RoomEvent) => this.#apply(event),
      erase: (userId: string) => this.#erase(userId),
      deleteRoom: () => this.#delete(),
    };
    return compressed(request, await serveApi(request, room, host));
  }

  /**
   * Stores the graces of a restart before the next proof of life, because a proof of returned users must not count for
   * the others (DB2, GR3).
   */
  #keepRestartGraces({ records }: Stored): void {
    for (const { connected, profile } of records) {
      const { connections, graces } = this.#room.users.get(profile.id) ?? {};
      // A restart also prolongs existing graces.
      const hasNewGrace = connected || (this.#isRestarted && graces !== undefined && graces.length > 0);
      if (hasNewGrace && connections?.size === 0) this.#persistence.touched.add(profile.id);
    }
    if (this.#persistence.touched.size === 0) return;
    this.#flush();
    this.#save();
  }

  /** Restores the connection of a socket whose close wakes the room, because PartyKit does not list such a socket. */
  #restoreConnection(socket: HostSocket): void {
    const unpacked = this.#room.connections.has(socket.id) ? null : unpack(socket.attachment);
    if (!unpacked) return;
    // The room hibernated, and this close woke it.
    this.#lostSince = null;
    const { connection } = unpacked;
    restoreConnection(this.#room, connection, this.#wokenAt);
    // Admins know of the connection from before the hibernation, and the room woke without it.
    this.#broadcast.resendUser(connection.userId);
    this.#persistence.touched.add(connection.userId);
  }

  /** Builds the room from storage and from the attachments of the surviving sockets. */
  #restore(stored: Stored, settings: Settings): void {
    const { servingSinceAt, host } = this.#server;
    const attached = [...this.#host.sockets()].flatMap((socket) => {
      // Without records the room does not know the connection's user. The client will return with its token.
      const unpacked = stored === NOTHING_STORED ? null : unpack(socket.attachment);
      if (!unpacked) dismiss(socket, CLOSE.unavailable, "the connection was not set up to its end");
      return unpacked ? [{ socket, ...unpacked }] : [];
    });
    // A new process around live sockets is not a restart, because nobody lost a connection.
    this.#isRestarted = attached.length === 0 && stored.servedBy !== this.#server.id;
    const waking = {
      records: stored.records,
      connections: attached.map(({ connection }) => connection),
      proof: stored.proof,
      restarted: this.#isRestarted,
      servingSinceAt: 0,
    };
    this.#clock = new RoomClock(stored.clock, latestInstant(waking), settings.timings.retryMs / 3);
    this.#room = wakeRoom(settings.timings, waking, this.#clock);
    if (attached.length > 0) this.#clock.expectAlarm(nextDeadline(this.#room));
    const now = this.#readClock((wall) => this.#clock.read(wall));
    this.#wokenAt = now;
    // By the wall clock, because the room's own clock may have differed before this process began to serve (TM2).
    const processSinceAt = now - Math.max(0, this.#clock.wallAt(now) - servingSinceAt);
    // In a cluster another process may have had the room since this one began. Then its last proof of life counts.
    const provenAt = Math.min(now, stored.proof?.at ?? 0);
    waking.servingSinceAt = Math.max(processSinceAt, provenAt);
    awaitReturns(this.#room, waking, now);
    const wasDown = waking.restarted && stored.records.some(({ connected }) => connected);
    if (wasDown && stored.proof)
      this.#history.noteGap({
        fromAt: stored.proof.at,
        toAt: provenAt > processSinceAt ? now : processSinceAt,
      });
    // Without surviving sockets nobody knows the old numbering.
    const numbering = attached.length > 0 ? stored.numbering : null;
    // If two numberings had the same epoch, one number could mean two diffs (SY4).
    const newEpoch = (): string => host.randomId().slice(0, 8);
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
      { newEpoch, random: () => host.random() },
    );
    for (const { socket, connection, role, mode } of attached)
      this.#broadcast.rehydrate(socket, { userId: connection.userId, role }, mode);
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
        this.#broadcast.servePage(connectionId, message.request, message.query, now);
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
        // Soon, not with the flush: a crash must not bring back a user who has signed out (GR2).
        this.#saveSoon();
        break;
      default:
        message satisfies never;
    }
  }

  /**
   * The longest remaining lifetime of any token, in seconds, with any issuer and any clock. An ended sign-in is
   * remembered for this long (GR2).
   */
  #longestTokenS(): number {
    const lifetimeS = Math.max(MAX_TOKEN_LIFETIME_S, this.#server.settings.provider?.maxLifetimeS ?? 0);
    return lifetimeS + AHEAD_RETRIED_S + EXPIRED_TOLERANCE_S;
  }

  /** Gives core an event and carries out the changes. */
  #apply(event: RoomEvent): void {
    this.#reviveIfLost();
    const now = this.#now();
    const awaitedBefore = this.#room.awaited;
    const wasEmpty = this.#room.connections.size === 0;
    const changes = step(this.#room, event, now);
    for (const { connectionId, code } of changes.closes) this.#close(connectionId, code, "");
    this.#keepConnections(changes);
    const chooser = event.type === "choose" ? event.connectionId : null;
    for (const userId of changes.chosen) this.#broadcast.sendNewChoices(userId, chooser);
    this.#sendPings(changes, now);
    // All pings are answered, or new ones were sent. Both prove that the room is alive (DB2).
    const allAnswered = awaitedBefore > 0 && this.#room.awaited === 0;
    this.#persistence.note(changes);
    if (allAnswered || changes.pings.length > 0 || this.#persistence.isProofDue(now))
      this.#persistence.prove(this.#broadcast.numbering, now);
    this.#alarm.advance(changes);
    // Deadlines that an empty room ignored count again (HB4, ST4).
    if (wasEmpty && this.#room.connections.size > 0) this.#alarm.reset();
    this.#flushTimer.waitFor(this.#persistence.touched.size + this.#broadcast.unsynced, now);
    this.#noteFigures();
  }

  #figures(): Figures {
    const alarmAt = this.#alarm.at;
    return figuresOf(this.#room, {
      stats: this.#persistence.stats,
      webhooksWaiting: this.#webhooks?.waiting ?? 0,
      storageFault: this.#storage.fault,
      wokenAt: this.#clock.wallAt(this.#wokenAt),
      alarmAt: alarmAt === null ? null : this.#clock.wallAt(alarmAt),
    });
  }

  /** Reports the room's figures to the process. Deletes an empty room that stores nothing. */
  #noteFigures(): void {
    if (this.#name === "") return;
    const isEmpty = this.#room.connections.size === 0 && nextDeadline(this.#room) === null;
    if (!isEmpty) {
      if (this.#isEntered) return;
      this.#isEntered = true;
      this.#cleanAt = Math.min(this.#cleanAt, this.#now() + cleanEveryMs(this.#server.settings));
      this.#server.rooms.entered(this.#name, () => this.#figures());
      return;
    }
    this.#isEntered = false;
    const { host, rooms } = this.#server;
    rooms.left(this.#name, this.#figures(), host.now());
    // A failed read is repeated at the next cleaning.
    this.#rest().catch((error: unknown) => this.#log("rest-failed", "the room could not rest", error));
  }

  /**
   * The room is empty: sets the alarm for the end of the next retention, or deletes a room that stores nothing (DB3).
   */
  async #rest(): Promise<void> {
    const oldestAt = await this.#history.oldestAt();
    if (this.#isEntered || this.#name === "") return;
    const dueAt = cleanDueAt(this.#room, oldestAt, this.#server.settings, this.#now());
    if (dueAt === null && (this.#webhooks?.waiting ?? 0) === 0) return await this.#leaveNothing();
    this.#cleanAt = dueAt ?? Infinity;
    // The alarm may be set for an earlier deadline, which no longer counts.
    this.#alarm.clear();
    this.#alarm.reset();
  }

  /** Deletes users and history whose retention has ended (DB3). */
  async #clean(now: number): Promise<void> {
    const { settings } = this.#server;
    for (const userId of usersToForget(this.#room, settings, now)) this.#apply({ type: "forget", userId });
    this.#cleanAt = now + cleanEveryMs(settings);
    await this.#history.prune(historyFromAt(settings, now));
  }

  /** Deletes the room with its connections, users and data. Returns the number of closed connections. */
  async #delete(): Promise<number> {
    const ids = [...this.#room.connections.keys()];
    for (const id of ids) this.#close(id, CLOSE.roomDeleted, "the room was deleted");
    await this.#empty();
    return ids.length;
  }

  /** Deletes the room's data, and starts again as a new room. */
  async #empty(): Promise<void> {
    this.#webhooks?.stop();
    const unregistered = this.#leaveNothing();
    await this.#host.blockConcurrencyWhile(() => this.#open());
    await unregistered;
    // The response to a deletion promises that the data is gone.
    await this.#storage.settled();
  }

  /** Deletes everything from storage. Later writes come after it. Resolves when the directory knows. */
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
    this.#server.rooms.gone(name);
    return this.#registration.unregister(name);
  }

  #keepConnections(changes: Changes): void {
    for (const id of changes.connections) {
      const connection = this.#room.connections.get(id);
      const subscriber = this.#broadcast.get(id);
      if (!connection || !subscriber) continue;
      subscriber.socket.attachment = pack(connection, subscriber.role, modeOf(subscriber));
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
    // The user's last changes must be in the history before their name is removed from it.
    this.#flush();
    this.#save();
    await this.#history.erase(userId);
    await this.#storage.settled();
  }

  /** Reads the data that the room can start without. Never throws, because the runtime would end the room. */
  async #openRest(now: number): Promise<void> {
    try {
      await this.#webhooks?.open();
      await this.#clean(now);
    } catch (error) {
      this.#log("storage-unread", "a part of the room's storage could not be read", error);
    }
  }

  /** Adopts the stored data after a start without it (OP3). */
  async #readLate(file: Reader): Promise<void> {
    const stored = await load(file);
    this.#apply({ type: "adopt", records: stored.records, proof: stored.proof });
    this.#persistence.adopt(stored);
    this.#saveClock();
    await this.#webhooks?.open();
    this.#alarm.reset();
  }

  /** Writes everything again, to an empty file (OP3). */
  #saveAll(): void {
    for (const userId of this.#room.users.keys()) this.#persistence.touched.add(userId);
    this.#saveIdentity();
    this.#persistence.prove(this.#broadcast.numbering, this.#now());
  }

  /** Writes the fields that every stored room has. */
  #saveIdentity(): void {
    saveRoom(this.#storage, { name: this.#name, servedBy: this.#server.id });
    if (!this.#clock.isWall) this.#saveClock();
  }

  /**
   * If the room woke without the sockets of its connected users, the runtime has ended this room alone. The users get
   * the grace of a restart (GR3). But if the first event is the close of one of these sockets, the room only
   * hibernated.
   */
  #reviveIfLost(): void {
    if (this.#lostSince === null) return;
    const proof = this.#lostSince;
    this.#lostSince = null;
    this.#server.roomsEnded += 1;
    this.#log("room-ended", "the room was ended while people were in it, and begins anew");
    if (proof !== "unproven") this.#history.noteGap({ fromAt: proof.at, toAt: this.#wokenAt });
    this.#apply({ type: "revive", wokenAt: this.#wokenAt });
    this.#flush();
    this.#save();
    this.#alarm.reset();
  }

  /** Logs that the room's file was empty although the directory knows the room (OP3). */
  async #logEmpty(): Promise<void> {
    if (!this.#beganEmpty) return;
    this.#beganEmpty = false;
    const file = await this.#storage.path();
    const message = `the file ${file} in the state directory is empty, though the room was there before`;
    this.#log("file-empty", message);
  }

  #log(event: LogEntry["event"], message: string, error?: unknown): void {
    this.#server.host.log({ event, message, room: this.#logName, error });
  }

  /** The room in the log: its id until its name is known. */
  get #logName(): string {
    return this.#name || (this.#host.name ?? this.#host.id);
  }

  #flush(): void {
    const now = this.#now();
    this.#flushTimer.flushed(this.#persistence.touched.size, now);
    this.#keepEpoch();
    this.#persistence.stats.framesOut += this.#broadcast.flush(this.#persistence.touched, now);
    this.#persistence.flushed();
    // The runtime sends the frames at the end of this turn. A write in this turn would delay them.
    this.#saveSoon();
    for (const id of this.#broadcast.stuck(now)) {
      this.#close(id, CLOSE.tooSlow, "the client does not read what it is sent");
      this.#apply({ type: "close", connectionId: id });
    }
  }

  #saveSoon(): void {
    this.#cancelSave ??= this.#timers.after(0, () => this.#save());
  }

  /** Writes the changes that have been broadcast (DB1, DB3). */
  #save(): void {
    this.#cancelSave?.();
    this.#cancelSave = null;
    const now = this.#now();
    const transitions = this.#persistence.save(this.#broadcast.numbering, now);
    if (transitions.length > 0) {
      const told = transitions.map((each) => inWallTime(each, this.#clock));
      this.#webhooks?.push(this.#name, told, now);
    }
    if (!this.#isEntered) this.#noteFigures();
  }

  #keepEpoch(): void {
    const { numbering } = this.#broadcast;
    if (numbering.epoch === this.#savedEpoch) return;
    this.#savedEpoch = numbering.epoch;
    saveRoom(this.#storage, { numbering });
  }

  /** The room's time (TM1). */
  #now(): number {
    return this.#readClock((wall) => this.#clock.read(wall));
  }

  /** Reads the room's clock. After the wall clock was set, sets the alarm and the timers again. */
  #readClock(read: (wall: number) => number): number {
    const { aheadMs } = this.#clock;
    const now = read(this.#server.host.now());
    if (this.#clock.aheadMs === aheadMs) return now;
    this.#saveClock();
    if (this.#clock.aheadMs > aheadMs) {
      // It was set back. There is no alarm while the room is being built.
      this.#alarm?.rearm();
      this.#timers.rearm();
    }
    return now;
  }

  /** Stores how the room's clock and the wall clock have differed (TM2). */
  #saveClock(): void {
    saveRoom(this.#storage, { clock: this.#clock.segments });
  }

  /** When the room has to wake next: for presence, for a waiting webhook, or for retention. */
  #nextDeadline(): number | null {
    const presence = nextDeadline(this.#room);
    const webhook = this.#webhooks?.dueAt ?? null;
    const earliest = Math.min(
      presence ?? Infinity,
      webhook ?? Infinity,
      this.#persistence.settlesAt,
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

  /** Why the room refuses one more connection; null if it does not (SE4). */
  #refusal(newcomer: Parameters<typeof exceededLimit>[1]): { code: CloseCode; detail: string } | null {
    const { limits } = this.#server.settings;
    const over = exceededLimit(this.#room, newcomer, limits);
    if (over === null) return null;
    const [code, most] = REFUSALS[over];
    return { code, detail: most.replace("%", String(limits[over])) };
  }

  #close(id: string, code: CloseCode, reason: string): void {
    this.#limiter.forget(id);
    const socket = this.#broadcast.remove(id);
    if (!socket) return;
    discard(socket);
    if (code === CLOSE.left) this.#leavers.closeSoon(socket, this.#now());
    else dismiss(socket, code, reason);
  }
}
