import { CLOSE } from "../../core/shared/close-codes";
import type { Frame } from "../../core/wire/frames";
import { readHello } from "../../core/wire/hello";
import type { Room } from "../../core/room/room";
import type { RoomClock } from "../../core/room/room-clock";
import { readFrame } from "../../core/testing/frames";
import type { Timings } from "../../core/shared/timings";
import type { RoomEngine } from "../../server/engine";
import type { HostSocket } from "../../server/host";
import { formatLog, type LogEntry } from "../../server/log";
import { environmentOf } from "../../server/testing/simulated";
import { SimulatedSocket, Stage } from "../../server/testing/stage";
import type { ServerEnd, Wire } from "./network";
import type { Token } from "./tokens";
import type { World } from "./world";

/** A socket at the end of a wire of the network. */
class WiredSocket extends SimulatedSocket {
  constructor(
    readonly wire: Wire,
    readonly host: ServerHost,
  ) {
    super(wire.id);
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
  override close(code: number): void {
    if (!this.wire.serverEnded && !this.wire.serverTold) this.host.closing.push([this.id, code]);
    this.wire.closeDown(code);
  }
}

/** The runtime around the real engine, in a world where its clock is set, and it is stopped and held up. */
export class ServerHost extends Stage<WiredSocket> implements ServerEnd {
  protected override readonly keptMs = 500;
  /** What the room has closed in the event at hand. */
  closing: [id: string, code: number][] = [];
  /** What the room holds, also while it sleeps; null while the process is down. */
  room: Room | null = null;
  isUp = true;
  /** How far this server's wall clock is ahead of the time that really passes. */
  #aheadMs = 0;
  /** Whether it was ever set. */
  wasClockSet = false;
  /** The room's instants by the wall times at which it told of them. */
  readonly #toldAt = new Map<number, number[]>();
  #roomNow = 0;
  #stalledUntilAt = 0;
  #backlog: (() => void | Promise<void>)[] = [];
  #sleepsWhenQuiet = false;

  constructor(
    readonly world: World,
    readonly timings: Timings,
  ) {
    super(environmentOf(timings), world.scheduler);
  }

  /** What the server's wall clock shows. */
  override get wall(): number {
    return this.world.now + this.#aheadMs;
  }

  /** What the room's own clock shows: the one by which its rules hold (TM1). */
  get roomNow(): number {
    if (this.engine && this.room) this.#roomNow = (this.room.clock as RoomClock).peek(this.wall);
    return this.#roomNow;
  }

  /** The room's instants that it may have told of as this wall time; there may be several once the clock was set. */
  roomTimes(wall: number): readonly number[] {
    return this.#toldAt.get(wall) ?? [wall];
  }

  get isAwake(): boolean {
    return this.engine !== null;
  }

  // What comes over the wires.

  request(wire: Wire): void | Promise<void> {
    return this.inTurn(() => this.#connect(wire));
  }

  text(wire: Wire, data: string): void | Promise<void> {
    return this.inTurn(async () => {
      if (!this.lines.has(wire.id)) return;
      const engine = await this.wake();
      this.world.truth.heard(wire.id, data);
      this.turn("event", () => engine.message(wire.id, data));
    });
  }

  closed(wire: Wire): void | Promise<void> {
    return this.inTurn(async () => {
      const socket = this.lines.get(wire.id);
      if (!socket) return;
      if (!this.engine) this.world.count("a close wakes the room");
      socket.isOpen = false;
      await this.wake();
      this.world.truth.closed(wire.id);
      await this.hangUp(socket);
    });
  }

  // What befalls it.

  /** The instance goes as soon as nothing keeps it: sockets, attachments and storage stay (HB5). */
  hibernate(always: boolean): void {
    this.#sleepsWhenQuiet = always;
    this.sleep();
  }

  /** The process ends; `share` of what the disk had not confirmed survives. Null: it ended in good order. */
  stop(share: number | null, seenBy: "both" | "neither" | "browser", downMs: number): void {
    if (!this.isUp) return;
    this.world.truth.serverStops();
    if (share !== null) this.world.count("lost writes", this.storage.crash(share));
    this.end();
    this.isUp = false;
    this.room = null;
    this.#backlog = [];
    this.#stalledUntilAt = 0;
    for (const { wire } of this.lines.values()) wire.cut(seenBy === "both" ? "browser" : seenBy);
    this.lines.clear();
    this.world.scheduler.after(downMs, () => void (this.isUp = true));
  }

  /** Somebody sets the wall clock of the server's machine (TM1). */
  setClock(ms: number): void {
    const whose = this.isUp ? (this.lines.size > 0 ? "with people" : "with nobody") : "that is down";
    this.world.count(`the clock of a server ${whose} is set ${ms < 0 ? "back" : "forward"}`);
    if (ms > 0) this.world.truth.late(this.roomNow, this.#catchesUpAt(ms));
    this.#aheadMs += ms;
    this.wasClockSet = true;
  }

  /**
   * Of a step forward the room may take a part for time that has passed, until its alarm rings; then it asks once more.
   */
  #catchesUpAt(ms: number): number {
    const { intervalMs, retryMs } = this.timings;
    const { alarmAt } = this;
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

  protected override inTurn(happen: () => void | Promise<void>): void | Promise<void> {
    if (this.#stalledUntilAt <= this.world.now) return happen();
    this.#backlog.push(happen);
  }

  async #connect(wire: Wire): Promise<void> {
    // A port on which nobody listens answers at once.
    if (!this.isUp) {
      wire.cut("browser");
      return;
    }
    this.start();
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
    await this.wake();
    const { clientId, activity, observe, scope, resumeFrom } = hello.hello;
    const { userId, sessionId, role } = token;
    const admission = {
      profile: { id: userId, name: userId, picture: null },
      guest: false,
      role,
      sessionId,
      clientId,
      observer: observe,
      device: "Browser",
      activity,
      scope,
      resumeFrom,
    };
    this.world.truth.connected(wire.id, admission);
    await this.connect(new WiredSocket(wire, this), admission);
  }

  override async wake(): Promise<RoomEngine> {
    if (this.engine) return this.engine;
    this.world.count("wakes");
    const engine = await super.wake();
    this.room = engine.room;
    this.world.truth.serverStarts(this.roomNow - Math.max(0, this.wall - this.start().servingSinceAt));
    return engine;
  }

  // What the room gets from its runtime.

  /** Leaves out sockets that have begun to close, whichever end began, as PartyKit does. */
  override *sockets(): Iterable<HostSocket> {
    for (const socket of this.lines.values()) if (socket.isOpen && !socket.wire.serverEnded) yield socket;
  }

  protected override random(): number {
    return this.world.serverRandom.next();
  }

  protected override log(entry: LogEntry): void {
    this.world.fail(`the server said: ${formatLog(entry)}`);
  }

  protected override turn(_what: "event" | "alarm" | "timer", run: () => void): void {
    run();
    this.#noteTime();
    for (const [id, code] of this.closing.splice(0)) this.world.truth.closedByServer(id, code);
    this.world.oracles.afterServer();
    // What the event has the room write is sent when its turn is over, and written before time goes on.
    this.world.scheduler.unsettled = true;
    if (this.#sleepsWhenQuiet) this.world.scheduler.after(0, () => void this.sleep());
  }

  #noteTime(): void {
    const { roomNow } = this;
    const wall = this.room?.clock.wallAt(roomNow) ?? roomNow;
    const known = this.#toldAt.get(wall);
    if (!known) this.#toldAt.set(wall, [roomNow]);
    else if (!known.includes(roomNow)) known.push(roomNow);
  }

  override sleep(): boolean {
    // Remembers what the room's clock showed.
    void this.roomNow;
    const sleeps = super.sleep();
    if (sleeps) this.world.count("hibernations");
    return sleeps;
  }

  protected override armAlarm(at: number): () => void {
    const lateMs = this.world.alarmLateMs();
    const { scheduler, truth } = this.world;
    let cancel = (): void => {};
    // The runtime waits for as long as the wall clock says now, and then until it shows the time of the alarm.
    const wait = (): void => {
      const inMs = Math.max(0, at - this.wall);
      const dueAt = this.roomNow + inMs;
      const cancelDue = scheduler.after(inMs, () => {
        if (this.wall >= at) return truth.late(dueAt, dueAt + lateMs);
        const late = truth.lateSince(dueAt);
        wait();
        const cancelWait = cancel;
        cancel = () => {
          late.to = Math.max(late.from, this.roomNow);
          this.world.count("the late alarm of a clock set back is made up for");
          cancelWait();
        };
      });
      const cancelRing = scheduler.after(inMs + lateMs, () => {
        if (this.wall >= at) return this.ring();
      });
      cancel = () => {
        cancelDue();
        cancelRing();
      };
    };
    wait();
    return () => cancel();
  }
}
