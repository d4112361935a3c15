import type * as Party from "partykit/server";
import { CLOSE } from "../../core/shared/close-codes";
import type { Frame } from "../../core/wire/frames";
import { readHello } from "../../core/wire/hello";
import type { Room } from "../../core/room/room";
import type { RoomClock } from "../../core/room/room-clock";
import { readFrame } from "../../core/testing/frames";
import type { Timings } from "../../core/shared/timings";
import { admissionHeaders } from "../../server/gate/admission";
import RoomServer from "../../server/engine";
import { servingSinceAt } from "../../party/serving";
import { perform } from "../../party/storage";
import type { ServerEnd, Wire } from "./network";
import { FakeStorage } from "./storage";
import type { Token } from "./tokens";
import type { World } from "./world";

/** An instance with a timer that is due within this long is not let go. */
const KEPT_MS = 500;

/** A socket as the platform gives it to the room. It outlives the instance that it was given to. */
class HostSocket {
  isClosing = false;
  #attachment = "null";
  constructor(
    readonly id: string,
    readonly wire: Wire,
    readonly host: ServerHost,
  ) {}
  get state(): unknown {
    return JSON.parse(this.#attachment);
  }
  setState(state: unknown): void {
    this.#attachment = JSON.stringify(state);
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

/** The platform around the real room server: the process, its one room, its storage, its alarm. */
export class ServerHost implements ServerEnd {
  readonly storage: FakeStorage;
  readonly sockets = new Map<string, HostSocket>();
  /** What the room has closed in the event at hand. */
  closing: [id: string, code: number][] = [];
  room: Room | null = null;
  isUp = true;
  servingSince: number | null = null;
  #server: RoomServer | null = null;
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
    if (this.#server && this.room) this.#roomNow = (this.room.clock as RoomClock).peek(this.wall);
    return this.#roomNow;
  }

  /** The room's instants that it may have told of as this wall time; there may be several once the clock was set. */
  roomTimes(wall: number): readonly number[] {
    return this.#toldAt.get(wall) ?? [wall];
  }

  get isAwake(): boolean {
    return this.#server !== null;
  }

  // What comes over the wires.

  request(wire: Wire): void | Promise<void> {
    return this.#inTurn(() => this.#connect(wire));
  }

  text(wire: Wire, data: string): void | Promise<void> {
    return this.#inTurn(async () => {
      const socket = this.sockets.get(wire.id);
      if (!socket) return;
      await this.#wake();
      this.world.truth.heard(wire.id, data);
      this.#handle((server) => server.onMessage(data, socket as never));
    });
  }

  closed(wire: Wire): void | Promise<void> {
    return this.#inTurn(async () => {
      const socket = this.sockets.get(wire.id);
      if (!socket) return;
      if (!this.#server) this.world.count("a close wakes the room");
      socket.isClosing = true;
      await this.#wake();
      this.world.truth.closed(wire.id);
      this.#handle((server) => server.onClose(socket as never));
      this.sockets.delete(wire.id);
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
    this.#server = null;
    this.room = null;
    this.#cancelAlarm();
    // A pending alarm does not survive a restart of the local server.
    this.storage.alarmAt = null;
    for (const cancel of this.#timers.keys()) cancel();
    this.#timers.clear();
    this.#backlog = [];
    this.#stalledUntilAt = 0;
    for (const { wire } of this.sockets.values()) wire.cut(seenBy === "both" ? "browser" : seenBy);
    this.sockets.clear();
    this.servingSince = null;
    this.world.scheduler.after(downMs, () => void (this.isUp = true));
  }

  /** Somebody sets the wall clock of the server's machine (TM1). */
  setClock(ms: number): void {
    const whose = this.isUp ? (this.sockets.size > 0 ? "with people" : "with nobody") : "that is down";
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
    servingSinceAt();
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
    const { clientId, activity, observe, scope, known } = hello.hello;
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
      known,
    };
    const admission = { ...given, observer: observe };
    const headers = new Headers(admissionHeaders(admission));
    const request = { headers, url: "http://server/parties/main/lobby" };
    const socket = new HostSocket(wire.id, wire, this);
    this.sockets.set(wire.id, socket);
    this.world.truth.connected(wire.id, admission);
    this.#handle((server) => server.onConnect(socket as never, { request } as never));
    this.world.scheduler.unsettled = true;
  }

  async #wake(): Promise<void> {
    if (this.#server) return;
    this.world.count("wakes");
    const server = new RoomServer(this.#newParty());
    await server.onStart();
    this.#server = server;
    this.world.truth.serverStarts(this.roomNow - Math.max(0, this.wall - servingSinceAt()));
  }

  #newParty(): Party.Room {
    const { storage, sockets, timings } = this;
    const env: Record<string, unknown> = {
      ROLLCALL_TOKEN_SECRET: "t".repeat(32),
      ROLLCALL_API_KEY: "k".repeat(32),
    };
    for (const [name, value] of Object.entries(timings))
      env[`ROLLCALL_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`] = value;
    const directory = { get: () => ({ fetch: async () => new Response() }) };
    const life = this.#life;
    const ask = async (path: string, { body }: { body: string }) => {
      // What belongs to a process that has ended reaches nobody.
      if (life !== this.#life) return new Promise<never>(() => {});
      this.#asking += 1;
      this.world.scheduler.unsettled = true;
      const answer = await perform(storage as never, path.slice(1), JSON.parse(body));
      if (life === this.#life) this.#asking -= 1;
      return { ok: true, json: async () => answer };
    };
    return {
      id: "lobby",
      env,
      storage,
      internalID: "lobby",
      context: { parties: { directory, storage: { get: () => ({ fetch: ask }) } } },
      blockConcurrencyWhile: (run: () => Promise<unknown>) => run(),
      // The platform leaves out sockets that have begun to close, whichever end began.
      *getConnections() {
        for (const socket of sockets.values())
          if (!socket.wire.serverEnded && !socket.isClosing) yield socket;
      },
    } as unknown as Party.Room;
  }

  #handle(happen: (server: RoomServer) => void): void {
    if (!this.#server) throw new Error("the room is not awake");
    happen(this.#server);
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
    if (!this.#server || this.#asking > 0) return;
    // A runtime may let an instance go whatever it waits for, but not from under its feet.
    for (const dueAt of this.#timers.values()) if (dueAt - this.world.now < KEPT_MS) return;
    for (const cancel of this.#timers.keys()) cancel();
    this.world.count("hibernations");
    void this.roomNow;
    this.#server = null;
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
        this.#handle((server) => server.onAlarm());
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

  // What the process gives the room.

  setTimer(run: () => void, ms: number): () => void {
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
