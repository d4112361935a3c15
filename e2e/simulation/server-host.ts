import { CLOSE } from "../../core/shared/close-codes";
import type { Frame } from "../../core/wire/frames";
import { readHello } from "../../core/wire/hello";
import type { Room } from "../../core/room/room";
import type { RoomClock } from "../../core/room/room-clock";
import { readFrame } from "../../core/testing/frames";
import type { Timings } from "../../core/shared/timings";
import { admissionHeaders } from "../../server/gate/admission";
import { RoomEngine } from "../../server/engine";
import type { HostSocket, ProcessHost, RoomHost } from "../../server/host";
import { Server } from "../../server/server";
import { environmentOf, fileOn } from "../../server/testing/simulated";
import type { ServerEnd, Wire } from "./network";
import { FakeStorage } from "../../server/testing/storage";
import type { Token } from "./tokens";
import type { World } from "./world";

/** An instance with a timer that is due within this long is not let go. */
const KEPT_MS = 500;

/** A socket as a runtime gives it to the room. It outlives the engine that it was given to. */
class SimulatedSocket implements HostSocket {
  isClosing = false;
  #attachment = "null";
  constructor(
    readonly id: string,
    readonly wire: Wire,
    readonly host: ServerHost,
  ) {}
  get attachment(): unknown {
    return JSON.parse(this.#attachment);
  }
  set attachment(value: unknown) {
    this.#attachment = JSON.stringify(value);
  }
  send(data: Frame): void {
    this.wire.sendDown(data);
    const text = readFrame(data) ?? "";
    this.host.world.truth.told(this.id, text);
    // Rows count back from now: what is negative has not happened yet.
    if (/[[,]-\d/.test(text)) this.host.world.fail(`[TM2] somebody is told of the future: ${text}`);
    for (const type of ["resumed", "rescope"])
      if (text.startsWith(`{"type":"${type}"`)) this.host.world.count(type);
  }
  close(code: number): void {
    if (!this.wire.serverEnded && !this.wire.serverTold) this.host.closing.push([this.id, code]);
    this.wire.closeDown(code);
  }
}

/** The runtime around the real engine: the process, its one room, its storage, its alarm. */
export class ServerHost implements ServerEnd, RoomHost {
  readonly id = "lobby";
  readonly name = "lobby";
  readonly storage: FakeStorage;
  readonly open = new Map<string, SimulatedSocket>();
  /** What the room has closed in the event at hand. */
  closing: [id: string, code: number][] = [];
  /** What the room holds, also while it sleeps; null while the process is down. */
  room: Room | null = null;
  isUp = true;
  /** What the process has in memory; null until its first event. */
  #process: Server | null = null;
  /** The engine of the room; null while the room sleeps. */
  #engine: RoomEngine | null = null;
  #cancelAlarm: () => void = () => {};
  /** How far this server's wall clock is ahead of the time that really passes. */
  #aheadMs = 0;
  /** Whether it was ever set. */
  wasClockSet = false;
  /** The room's instants by the wall times at which it told of them. */
  readonly #toldAt = new Map<number, number[]>();
  #roomNow = 0;
  #timers = new Map<() => void, number>();
  #stalledUntilAt = 0;
  #backlog: (() => void | Promise<void>)[] = [];
  #sleepsWhenQuiet = false;
  /** Requests of the room to its storage that are not answered yet: while there are any, the platform lets it not sleep. */
  #asking = 0;
  /** Which process it is. */
  #life = 0;

  constructor(
    readonly world: World,
    readonly timings: Timings,
  ) {
    this.storage = new FakeStorage(
      () => world.now,
      (at) => this.#armAlarm(at),
    );
  }

  /** What the server's wall clock shows. */
  get wall(): number {
    return this.world.now + this.#aheadMs;
  }

  /** What the room's own clock shows: the one by which its rules hold (TM1). */
  get roomNow(): number {
    if (this.#engine && this.room) this.#roomNow = (this.room.clock as RoomClock).peek(this.wall);
    return this.#roomNow;
  }

  /** The room's instants that it may have told of as this wall time; there may be several once the clock was set. */
  roomTimes(wall: number): readonly number[] {
    return this.#toldAt.get(wall) ?? [wall];
  }

  get isAwake(): boolean {
    return this.#engine !== null;
  }

  // What comes over the wires.

  request(wire: Wire): void | Promise<void> {
    return this.#inTurn(() => this.#connect(wire));
  }

  text(wire: Wire, data: string): void | Promise<void> {
    return this.#inTurn(async () => {
      const socket = this.open.get(wire.id);
      if (!socket) return;
      await this.#wake();
      this.world.truth.heard(wire.id, data);
      this.#handle((engine) => engine.message(socket.id, data));
    });
  }

  closed(wire: Wire): void | Promise<void> {
    return this.#inTurn(async () => {
      const socket = this.open.get(wire.id);
      if (!socket) return;
      if (!this.#engine) this.world.count("a close wakes the room");
      socket.isClosing = true;
      await this.#wake();
      this.world.truth.closed(wire.id);
      this.#handle((engine) => engine.close(socket));
      this.open.delete(wire.id);
    });
  }

  // What befalls it.

  /** The instance goes as soon as nothing keeps it: sockets, attachments and storage stay (HB5). */
  hibernate(always: boolean): void {
    this.#sleepsWhenQuiet = always;
    this.#sleep();
  }

  /** The process ends; `share` of what the disk had not confirmed survives. Null: it ended in good order. */
  stop(share: number | null, seenBy: "both" | "neither" | "browser", downMs: number): void {
    if (!this.isUp) return;
    this.#life += 1;
    this.#asking = 0;
    this.world.truth.serverStops();
    if (share !== null) this.world.count("lost writes", this.storage.crash(share));
    this.isUp = false;
    this.#engine = null;
    this.room = null;
    this.#process = null;
    this.#cancelAlarm();
    // A pending alarm does not survive a restart of the local server.
    this.storage.alarmAt = null;
    for (const cancel of this.#timers.keys()) cancel();
    this.#timers.clear();
    this.#backlog = [];
    this.#stalledUntilAt = 0;
    for (const { wire } of this.open.values()) wire.cut(seenBy === "both" ? "browser" : seenBy);
    this.open.clear();
    this.world.scheduler.after(downMs, () => void (this.isUp = true));
  }

  /** Somebody sets the wall clock of the server's machine (TM1). */
  setClock(ms: number): void {
    const whose = this.isUp ? (this.open.size > 0 ? "with people" : "with nobody") : "that is down";
    this.world.count(`the clock of a server ${whose} is set ${ms < 0 ? "back" : "forward"}`);
    if (ms > 0) this.world.truth.late(this.roomNow, this.#catchesUpAt(ms));
    this.#aheadMs += ms;
    this.wasClockSet = true;
  }

  /** Of a step forward the room may take a part for time that has passed, until its alarm rings; then it asks once more. */
  #catchesUpAt(ms: number): number {
    const { intervalMs, retryMs } = this.timings;
    const { alarmAt } = this.storage;
    const dueAt = (alarmAt !== null && this.room?.clock.roomAt(alarmAt)) || this.roomNow;
    return Math.max(this.roomNow + Math.min(ms, intervalMs + retryMs), dueAt + retryMs);
  }

  /** The process is held up: everything waits, the alarm too. */
  stall(ms: number): void {
    if (!this.isUp || this.#stalledUntilAt > this.world.now) return;
    this.#stalledUntilAt = this.world.now + ms;
    this.world.truth.late(this.roomNow, this.roomNow + ms);
    this.world.scheduler.after(ms, async () => {
      for (const each of this.#backlog.splice(0)) await each();
    });
  }

  /** Nothing holds the process up any more. */
  endStall(): void {
    if (this.#stalledUntilAt <= this.world.now) return;
    this.#stalledUntilAt = this.world.now;
    this.world.scheduler.after(0, async () => {
      for (const each of this.#backlog.splice(0)) await each();
    });
  }

  #inTurn(happen: () => void | Promise<void>): void | Promise<void> {
    if (this.#stalledUntilAt <= this.world.now) return happen();
    this.#backlog.push(happen);
  }

  async #connect(wire: Wire): Promise<void> {
    // A port on which nobody listens answers at once.
    if (!this.isUp) {
      wire.cut("browser");
      return;
    }
    this.#process ??= new Server(this.#newProcess());
    const { params } = wire;
    const hello = readHello(params);
    if (!hello.ok) throw new Error(`the client said a wrong hello: ${hello.detail}`);
    const token = JSON.parse(params.get("token") ?? "null") as Token;
    wire.accept();
    if (token.untilAt < this.wall) {
      this.world.count("expired token");
      wire.serverTold = true;
      wire.down.send(() => wire.browser.deliver(() => wire.end(CLOSE.tokenExpired)));
      return;
    }
    await this.#wake();
    const { clientId, activity, observe, scope, resumeFrom } = hello.hello;
    const { userId, sessionId, role } = token;
    const profile = { id: userId, name: userId, picture: null };
    const given = {
      profile,
      guest: false,
      role,
      sessionId,
      clientId,
      device: "Browser",
      activity,
      scope,
      resumeFrom,
    };
    const admission = { ...given, observer: observe };
    const headers = new Headers(admissionHeaders(admission));
    const request = new Request("http://server/parties/main/lobby", { headers });
    const socket = new SimulatedSocket(wire.id, wire, this);
    this.open.set(wire.id, socket);
    this.world.truth.connected(wire.id, admission);
    this.#handle((engine) => engine.connect(socket, request));
    this.world.scheduler.unsettled = true;
  }

  async #wake(): Promise<void> {
    if (this.#engine) return;
    this.world.count("wakes");
    // Something other than a connection may be the first that a process sees of its room.
    this.#process ??= new Server(this.#newProcess());
    const engine = new RoomEngine(this, this.#process);
    await engine.open();
    this.#engine = engine;
    this.room = engine.room;
    this.world.truth.serverStarts(this.roomNow - Math.max(0, this.wall - this.#process.servingSinceAt));
  }

  // What the room gets from its runtime.

  /** Leaves out sockets that have begun to close, whichever end began, as PartyKit does. */
  *sockets(): Iterable<HostSocket> {
    for (const socket of this.open.values()) if (!socket.wire.serverEnded && !socket.isClosing) yield socket;
  }

  setAlarm(at: number): void {
    this.storage.setAlarm(at);
  }

  deleteAlarm(): void {
    this.storage.deleteAlarm();
  }

  async blockConcurrencyWhile<Result>(run: () => Promise<Result>): Promise<Result> {
    return await run();
  }

  #newProcess(): ProcessHost {
    const life = this.#life;
    let ids = 0;
    return {
      env: environmentOf(this.timings),
      now: () => this.wall,
      random: () => this.world.serverRandom.next(),
      randomId: () => `${String((ids += 1)).padStart(4, "0")}${String(life).padStart(4, "0")}-0-0-0-0`,
      after: (ms, run) => this.#setTimer(run, ms),
      log: (line, error) =>
        this.world.fail(`the server said: ${line} ${String((error as Error)?.stack ?? "")}`),
      // The directory, which is new to every room.
      ask: async () => new Response(null, { status: 201 }),
      file: () => fileOn(this.storage, (run) => this.#asked(life, run)),
    };
  }

  /** A request to the storage. What belongs to a process that has ended reaches nobody. */
  async #asked<Answer>(life: number, run: () => Promise<Answer>): Promise<Answer> {
    if (life !== this.#life) return new Promise<never>(() => {});
    this.#asking += 1;
    this.world.scheduler.unsettled = true;
    const answer = await run();
    if (life === this.#life) this.#asking -= 1;
    return answer;
  }

  #handle(happen: (engine: RoomEngine) => void): void {
    if (!this.#engine) throw new Error("the room is not awake");
    happen(this.#engine);
    this.#noteTime();
    for (const [id, code] of this.closing.splice(0)) this.world.truth.closedByServer(id, code);
    this.world.oracles.afterServer();
    // What the event has the room write is sent when its turn is over, and written before time goes on.
    this.world.scheduler.unsettled = true;
    if (this.#sleepsWhenQuiet) this.world.scheduler.after(0, () => this.#sleep());
  }

  #noteTime(): void {
    const { roomNow } = this;
    const wall = this.room?.clock.wallAt(roomNow) ?? roomNow;
    const known = this.#toldAt.get(wall);
    if (!known) this.#toldAt.set(wall, [roomNow]);
    else if (!known.includes(roomNow)) known.push(roomNow);
  }

  #sleep(): void {
    if (!this.#engine || this.#asking > 0) return;
    // A runtime may let an instance go whatever it waits for, but not from under its feet.
    for (const dueAt of this.#timers.values()) if (dueAt - this.world.now < KEPT_MS) return;
    for (const cancel of this.#timers.keys()) cancel();
    this.world.count("hibernations");
    // Remembers what the room's clock showed.
    void this.roomNow;
    this.#engine = null;
  }

  #armAlarm(at: number | null): void {
    this.#cancelAlarm();
    if (at === null) return;
    const lateMs = this.world.alarmLateMs();
    const { scheduler, truth } = this.world;
    const ring = (): void | Promise<void> =>
      this.#inTurn(async () => {
        this.storage.alarmAt = null;
        await this.#wake();
        this.#handle((engine) => engine.alarm());
      });
    // The runtime waits for as long as the wall clock says now, and then until it shows the time of the alarm.
    const wait = (): void => {
      const inMs = Math.max(0, at - this.wall);
      const dueAt = this.roomNow + inMs;
      const cancelDue = scheduler.after(inMs, () => {
        if (this.wall >= at) return truth.late(dueAt, dueAt + lateMs);
        const late = truth.lateSince(dueAt);
        wait();
        const cancelWait = this.#cancelAlarm;
        this.#cancelAlarm = () => {
          late.to = Math.max(late.from, this.roomNow);
          this.world.count("the late alarm of a clock set back is made up for");
          cancelWait();
        };
      });
      const cancelRing = scheduler.after(inMs + lateMs, () => {
        if (this.wall >= at) return ring();
      });
      this.#cancelAlarm = () => {
        cancelDue();
        cancelRing();
      };
    };
    wait();
  }

  #setTimer(run: () => void, ms: number): () => void {
    const cancel = this.world.scheduler.after(ms, () =>
      this.#inTurn(() => {
        if (!this.#timers.delete(forget)) return;
        this.#handle(() => run());
      }),
    );
    const forget = (): void => {
      cancel();
      this.#timers.delete(forget);
    };
    this.#timers.set(forget, this.world.now + ms);
    return forget;
  }
}
