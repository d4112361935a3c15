import type { Frame } from "../../core/wire/frames";
import { admissionHeaders, type Admission } from "../gate/admission";
import { RoomEngine } from "../engine";
import type { HostSocket, ProcessHost, RoomHost } from "../host";
import { formatLog, type LogEntry } from "../log";
import { Server } from "../server";
import { Scheduler } from "./scheduler";
import { fileOn } from "./simulated";
import { FakeStorage } from "./storage";

/** When tests begin. */
const START_AT = 1_800_000_000_000;

/** A socket as the runtime gives it to the room. Its attachment is plain data. */
export abstract class SimulatedSocket implements HostSocket {
  isOpen = true;
  #attachment = "null";

  constructor(readonly id: string) {}

  get attachment(): unknown {
    return JSON.parse(this.#attachment);
  }

  set attachment(value: unknown) {
    this.#attachment = JSON.stringify(value);
  }

  abstract send(frame: Frame): void;

  close(_code: number): void {
    this.isOpen = false;
  }
}

/** For tests only: runs the real engine of one room, with the room's process, sockets, storage, alarm and timers. */
export class Stage<Socket extends SimulatedSocket = SimulatedSocket> implements RoomHost {
  readonly id = "lobby";
  readonly name = "lobby";
  readonly storage = new FakeStorage(() => this.scheduler.now);
  /** The wall time for which the alarm is set. */
  alarmAt: number | null = null;
  /** The runtime lets no instance go that has a timer due within this long. */
  protected readonly keptMs: number = 200;
  /** The sockets, which outlive an instance. */
  readonly lines = new Map<string, Socket>();
  /** What the server wrote to its log. */
  readonly logged: string[] = [];
  /** Null until the process has an event to handle. */
  server: Server | null = null;
  /** Null while the room sleeps. */
  engine: RoomEngine | null = null;
  /** Which process it is. */
  life = 0;
  /** When each pending timer is due, by its cancel function. */
  readonly #timers = new Map<() => void, number>();
  #cancelAlarm = (): void => {};
  /** Requests to the storage that are not answered yet. */
  #asking = 0;

  constructor(
    readonly env: Readonly<Record<string, string>>,
    readonly scheduler = new Scheduler(START_AT),
  ) {}

  /** What the server's wall clock shows. */
  get wall(): number {
    return this.scheduler.now;
  }

  /** The process, which begins with its first event. */
  start(): Server {
    return (this.server ??= new Server(this.#newProcess()));
  }

  /** The room's engine. Wakes the room if it sleeps. */
  async wake(): Promise<RoomEngine> {
    if (this.engine) return this.engine;
    const engine = new RoomEngine(this, this.start());
    await engine.open();
    return (this.engine = engine);
  }

  async connect(socket: Socket, admission: Admission): Promise<void> {
    // Awake before it has the socket, or it would find one that was never admitted.
    const engine = await this.wake();
    this.lines.set(socket.id, socket);
    const headers = new Headers(admissionHeaders(admission));
    const request = new Request("http://server/parties/main/lobby", { headers });
    this.turn("event", () => engine.connect(socket, request));
  }

  async hangUp(socket: Socket): Promise<void> {
    socket.isOpen = false;
    const engine = await this.wake();
    this.turn("event", () => engine.close(socket));
    this.lines.delete(socket.id);
  }

  /** Ends the instance with its timers; sockets and storage stay (HB5). Returns false if the runtime would keep it. */
  sleep(): boolean {
    if (!this.engine || this.#asking > 0) return false;
    for (const dueAt of this.#timers.values()) if (dueAt - this.scheduler.now < this.keptMs) return false;
    this.#endInstance();
    return true;
  }

  /** Ends the process. Its storage gets no more writes. */
  end(): void {
    this.life += 1;
    this.#asking = 0;
    this.#endInstance();
    this.server = null;
    // A pending alarm does not survive a restart of the local server.
    this.deleteAlarm();
  }

  *sockets(): Iterable<HostSocket> {
    for (const line of this.lines.values()) if (line.isOpen) yield line;
  }

  setAlarm(at: number): void {
    this.#cancelAlarm();
    this.alarmAt = at;
    this.#cancelAlarm = this.armAlarm(at);
  }

  deleteAlarm(): void {
    this.#cancelAlarm();
    this.alarmAt = null;
    this.#cancelAlarm = () => {};
  }

  async blockConcurrencyWhile<Result>(run: () => Promise<Result>): Promise<Result> {
    return await run();
  }

  /** Runs what the runtime has for the room, unless the process is held up. */
  protected inTurn(happen: () => void | Promise<void>): void | Promise<void> {
    return happen();
  }

  /** Gives the room a turn: for an event, its alarm or one of its timers. */
  protected turn(_what: "event" | "alarm" | "timer", run: () => void): void {
    run();
  }

  protected random(): number {
    return 0.5;
  }

  /** The server writes to its log. */
  protected log(entry: LogEntry): void {
    this.logged.push(formatLog(entry));
  }

  /** Has the alarm ring at this wall time. Returns what takes it back. */
  protected armAlarm(at: number): () => void {
    return this.scheduler.at(at, () => this.ring());
  }

  /** The alarm rings. */
  protected ring(): void | Promise<void> {
    return this.inTurn(async () => {
      this.alarmAt = null;
      const engine = await this.wake();
      this.turn("alarm", () => engine.alarm());
    });
  }

  #endInstance(): void {
    for (const cancel of this.#timers.keys()) cancel();
    this.engine = null;
  }

  #newProcess(): ProcessHost {
    const { life } = this;
    let ids = 0;
    return {
      env: this.env,
      now: () => this.wall,
      random: () => this.random(),
      randomId: () => `${String((ids += 1)).padStart(4, "0")}${String(life).padStart(4, "0")}-0-0-0-0`,
      after: (ms, run) => this.#setTimer(run, ms),
      log: (entry) => this.log(entry),
      // The directory, which is new to every room.
      ask: async () => new Response(null, { status: 201 }),
      file: () => fileOn(this.storage, (answer) => this.#asked(life, answer)),
    };
  }

  #setTimer(run: () => void, ms: number): () => void {
    const cancel = this.scheduler.after(ms, () =>
      this.inTurn(() => {
        if (this.#timers.delete(forget)) this.turn("timer", run);
      }),
    );
    const forget = (): void => {
      cancel();
      this.#timers.delete(forget);
    };
    this.#timers.set(forget, this.scheduler.now + ms);
    return forget;
  }

  /** A request to the storage. A process that has ended gets no answer. */
  async #asked<Answer>(life: number, answer: () => Promise<Answer>): Promise<Answer> {
    if (life !== this.life) return new Promise<never>(() => {});
    this.#asking += 1;
    this.scheduler.unsettled = true;
    const answered = await answer();
    if (life === this.life) this.#asking -= 1;
    return answered;
  }
}
