import type { Frame } from "../../core/wire/frames";
import { admissionHeaders, type Admission } from "../gate/admission";
import { RoomEngine } from "../engine";
import type { HostSocket, ProcessHost, RoomHost } from "../host";
import { Server } from "../server";
import { Scheduler } from "./scheduler";
import { fileOn } from "./simulated";
import { FakeStorage } from "./storage";

/** When tests begin. */
const START_AT = 1_800_000_000_000;

/** The runtime lets no instance go that has a timer due within this long. */
const KEPT_MS = 200;

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
export class Stage implements RoomHost {
  readonly id = "lobby";
  readonly name = "lobby";
  readonly scheduler = new Scheduler(START_AT);
  readonly storage = new FakeStorage(
    () => this.scheduler.now,
    (at) => this.#armAlarm(at),
  );
  readonly lines = new Map<string, SimulatedSocket>();
  /** What the server wrote to its log. */
  readonly logged: string[] = [];
  /** Null while the room sleeps. */
  engine: RoomEngine | null = null;
  /** When each pending timer is due, by its cancel function. */
  readonly #timers = new Map<() => void, number>();
  #cancelAlarm = (): void => {};
  /** Requests to the storage that are not answered yet. */
  #asking = 0;
  #life = 0;
  server: Server;

  constructor(readonly env: Readonly<Record<string, string>>) {
    this.server = new Server(this.#newProcess());
  }

  /** The room's engine. Wakes the room if it sleeps. */
  async wake(): Promise<RoomEngine> {
    if (this.engine) return this.engine;
    const engine = new RoomEngine(this, this.server);
    await engine.open();
    return (this.engine = engine);
  }

  async connect(socket: SimulatedSocket, admission: Admission): Promise<void> {
    // Awake before it has the socket, or it would find one that was never admitted.
    const engine = await this.wake();
    this.lines.set(socket.id, socket);
    const headers = new Headers(admissionHeaders(admission));
    engine.connect(socket, new Request("http://server/parties/main/lobby", { headers }));
  }

  async hangUp(socket: SimulatedSocket): Promise<void> {
    socket.isOpen = false;
    (await this.wake()).close(socket);
    this.lines.delete(socket.id);
  }

  /** Ends the instance with its timers; sockets and storage stay (HB5). Returns false if the runtime would keep it. */
  sleep(): boolean {
    if (!this.engine || this.#asking > 0) return false;
    for (const dueAt of this.#timers.values()) if (dueAt - this.scheduler.now < KEPT_MS) return false;
    this.#endInstance();
    return true;
  }

  /** Ends the process with all sockets. What was not written yet is lost (GR3). */
  async restart(downMs: number): Promise<void> {
    this.#life += 1;
    this.#asking = 0;
    this.#endInstance();
    // A pending alarm does not survive a restart of the local server.
    this.storage.deleteAlarm();
    this.lines.clear();
    await this.scheduler.runUntil(this.scheduler.now + downMs, () => {});
    this.server = new Server(this.#newProcess());
  }

  *sockets(): Iterable<HostSocket> {
    for (const line of this.lines.values()) if (line.isOpen) yield line;
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

  /** Gives the room a turn that it did not ask an event for: its alarm or a timer. */
  protected turn(_what: "alarm" | "timer", run: () => void): void {
    run();
  }

  #endInstance(): void {
    for (const cancel of this.#timers.keys()) cancel();
    this.engine = null;
  }

  #newProcess(): ProcessHost {
    const life = this.#life;
    let ids = 0;
    return {
      env: this.env,
      now: () => this.scheduler.now,
      random: () => 0.5,
      randomId: () => `${String((ids += 1)).padStart(4, "0")}${String(life).padStart(4, "0")}-0-0-0-0`,
      after: (ms, run) => this.#setTimer(run, ms),
      log: (line, error) => this.logged.push(`${line} ${String(error ?? "")}`),
      // The directory, which is new to every room.
      ask: async () => new Response(null, { status: 201 }),
      file: () => fileOn(this.storage, (answer) => this.#asked(life, answer)),
    };
  }

  #setTimer(run: () => void, ms: number): () => void {
    const cancel = this.scheduler.after(ms, () => {
      if (this.#timers.delete(forget)) this.turn("timer", run);
    });
    const forget = (): void => {
      cancel();
      this.#timers.delete(forget);
    };
    this.#timers.set(forget, this.scheduler.now + ms);
    return forget;
  }

  /** A request to the storage. A process that has ended gets no answer. */
  async #asked<Answer>(life: number, answer: () => Promise<Answer>): Promise<Answer> {
    if (life !== this.#life) return new Promise<never>(() => {});
    this.#asking += 1;
    this.scheduler.unsettled = true;
    const answered = await answer();
    if (life === this.#life) this.#asking -= 1;
    return answered;
  }

  #armAlarm(at: number | null): void {
    this.#cancelAlarm();
    this.#cancelAlarm = (): void => {};
    if (at === null) return;
    this.#cancelAlarm = this.scheduler.at(at, async () => {
      const engine = await this.wake();
      this.turn("alarm", () => engine.alarm());
    });
  }
}
