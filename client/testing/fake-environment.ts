import {
  encodeDiff,
  encodePage,
  encodeResumed,
  encodeServerMessage,
  encodeSharedResumed,
  encodeSharedSync,
  encodeSync,
} from "../../core/wire/encode";
import { decodeClientMessage } from "../../core/wire/protocol";
import { readFrame } from "../../core/testing/frames";
import type { ClientMessage, ClientTimings, ServerMessage } from "../../core/wire/protocol";
import type { Diff, Missed } from "../../core/shared/diff";
import type { Counts } from "../../core/shared/roster-query";
import type { Mode } from "../../core/shared/scope";
import type { AdminUser, Choices, User } from "../../core/shared/terms";
import type { Cancel, Environment, PageEvent } from "../page/environment";
import type { Socket, SocketEvents, SocketTarget } from "../page/socket";
import { PLAIN } from "../../core/testing/views";

interface Task {
  readonly dueAt: number;
  readonly order: number;
  readonly run: () => void;
}

export interface FakeEnvironmentOptions {
  readonly visible?: boolean;
  /** How far the server's clock is ahead of the page's, in milliseconds. */
  readonly serverAheadMs?: number;
  /** The tab's storage of an earlier load of the page. */
  readonly tab?: Map<string, string>;
}

/** A browser and a network that a test controls, with their own clock. */
export class FakeEnvironment implements Environment {
  /** Every socket that was ever opened, in order. */
  readonly sockets: FakeSocket[] = [];
  readonly tab: Map<string, string>;
  /** The warnings for the app's developer. */
  readonly warnings: string[] = [];
  /** The next random numbers; afterwards always `chance`. */
  readonly chances: number[] = [];
  chance = 0.5;
  readonly serverAheadMs: number;
  private wallMs = 1_800_000_000_000;
  private readonly bootedAt = this.wallMs;
  private monotonicMs = 0;
  private ids = 0;
  private order = 0;
  private visible: boolean;
  private readonly tasks = new Set<Task>();
  private readonly listeners = new Set<(event: PageEvent) => void>();

  constructor({ visible = true, serverAheadMs = 0, tab = new Map() }: FakeEnvironmentOptions = {}) {
    this.visible = visible;
    this.serverAheadMs = serverAheadMs;
    this.tab = tab;
  }

  now(): number {
    return this.wallMs;
  }
  monotonicNow(): number {
    return this.monotonicMs;
  }
  random(): number {
    return this.chances.shift() ?? this.chance;
  }
  randomId(): string {
    this.ids += 1;
    return `id-${this.ids}`;
  }
  schedule(run: () => void, delayMs: number): Cancel {
    const task = { dueAt: this.monotonicMs + Math.max(0, delayMs), order: (this.order += 1), run };
    this.tasks.add(task);
    return () => this.tasks.delete(task);
  }
  openSocket(target: SocketTarget, events: SocketEvents): Socket {
    const socket = new FakeSocket(target, events, () => this.serverNow());
    this.sockets.push(socket);
    return socket;
  }
  isVisible(): boolean {
    return this.visible;
  }
  onPageEvent(listener: (event: PageEvent) => void): Cancel {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  readTab(key: string): string | null {
    return this.tab.get(key) ?? null;
  }
  writeTab(key: string, value: string): void {
    this.tab.set(key, value);
  }
  warn(text: string): void {
    this.warnings.push(text);
  }

  /** The server's clock. */
  serverNow(): number {
    return this.wallMs + this.serverAheadMs;
  }
  /** Milliseconds since the beginning of the test. */
  elapsedMs(): number {
    return this.wallMs - this.bootedAt;
  }
  /** The socket opened last. */
  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("no socket was opened yet");
    return last;
  }
  /** The client's sockets that are connecting or open. */
  get held(): FakeSocket[] {
    return this.sockets.filter((socket) => socket.state !== "ended");
  }
  /** The waiting timers and page listeners. None may be left behind. */
  get leftovers(): number {
    return this.tasks.size + this.listeners.size;
  }

  /** Lets time pass, timers fire and promises settle. */
  async advance(ms: number): Promise<void> {
    await this.settle();
    const until = this.monotonicMs + ms;
    for (let task = this.nextTask(until); task; task = this.nextTask(until)) {
      this.pass(Math.max(0, task.dueAt - this.monotonicMs));
      this.tasks.delete(task);
      task.run();
      await this.settle();
    }
    this.pass(until - this.monotonicMs);
  }
  /** Lets promises settle, without time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }
  /** The machine sleeps. Only the wall clock continues. */
  sleep(ms: number): void {
    this.wallMs += ms;
  }
  /** The page is blocked. Clocks continue, and timers fire afterwards, all at once. */
  freeze(ms: number): void {
    this.pass(ms);
  }
  emit(event: PageEvent): void {
    for (const listener of Array.from(this.listeners)) listener(event);
  }
  show(visible: boolean): void {
    this.visible = visible;
    this.emit({ type: "visibility" });
  }

  private pass(ms: number): void {
    this.wallMs += ms;
    this.monotonicMs += ms;
  }
  private nextTask(until: number): Task | undefined {
    let next: Task | undefined;
    for (const task of this.tasks) {
      if (task.dueAt > until) continue;
      if (!next || task.dueAt < next.dueAt || (task.dueAt === next.dueAt && task.order < next.order))
        next = task;
    }
    return next;
  }
}

type Small = ServerMessage & { type: "ping" | "echo" | "error" | "closing" | "rescope" | "choices" };

/** The server's end of a socket. It sees what the client sends, and answers. */
export class FakeSocket implements Socket {
  state: "connecting" | "open" | "ended" = "connecting";
  /** Whether the client closed it. */
  closedByClient = false;
  readonly sent: ClientMessage[] = [];

  constructor(
    readonly target: SocketTarget,
    private readonly events: SocketEvents,
    private readonly serverNow: () => number,
  ) {}

  send(data: string): boolean {
    if (this.state !== "open") return false;
    const decoded = decodeClientMessage(data);
    if (!decoded.ok) throw new Error(`the client sent what no server accepts: ${decoded.detail}`);
    this.sent.push(decoded.message);
    return true;
  }
  close(): void {
    this.closedByClient = this.closedByClient || this.state !== "ended";
    this.state = "ended";
  }

  /** The messages since the last call. */
  take(): ClientMessage[] {
    return this.sent.splice(0);
  }
  accept(): this {
    this.state = "open";
    return this;
  }
  say(message: Small): void {
    this.sayRaw(encodeServerMessage(message));
  }
  sayRaw(data: unknown): void {
    if (this.state === "open") this.events.message(readFrame(data));
  }
  ping(): void {
    this.say({ type: "ping", now: this.serverNow() });
  }
  /** Answers the last probe. */
  echo(): void {
    const probe = this.sent.findLast((message) => message.type === "probe");
    if (probe) this.say({ type: "echo", at: probe.at, now: this.serverNow() });
  }
  sync(
    users: readonly (User | AdminUser)[],
    seq = 0,
    timings: ClientTimings = FAKE_TIMINGS,
    mode: Mode = "roster",
    counts?: Counts,
    choices: Choices | null = null,
    userId = "ann",
  ): void {
    const shared = encodeSharedSync({
      epoch: "e1",
      seq,
      now: this.serverNow(),
      timings,
      mode,
      counts,
      users,
    });
    this.sayRaw(encodeSync({ userId, choices }, shared));
  }
  diff(diff: Partial<Diff> & { readonly seq: number }): void {
    this.sayRaw(encodeDiff({ added: [], changed: [], removed: [], ...diff }, this.serverNow()));
  }
  /** Answers the last request for a page. */
  page(users: readonly User[], total: number, seq = 0): void {
    const asked = this.sent.findLast((message) => message.type === "page");
    if (!asked) throw new Error("no page was asked for");
    const { request } = asked;
    this.sayRaw(encodePage({ type: "page", request, seq, now: this.serverNow(), total, users }));
  }
  /** Sends the changes since `from`. */
  resumed(missed: Partial<Missed> & { readonly from: number; readonly seq: number }): void {
    const shared = encodeSharedResumed({ users: [], removed: [], ...missed }, this.serverNow());
    this.sayRaw(encodeResumed({ userId: "ann", choices: null }, shared));
  }
  /** The other side or the network closes it. */
  end(code = 1006, reason = ""): void {
    if (this.state === "ended") return;
    this.state = "ended";
    this.events.closed(code, reason);
  }
  /** A close that arrives after the client has abandoned the socket. It should not happen, but might. */
  endLate(code = 1006): void {
    this.events.closed(code, "late");
  }
}

export const FAKE_TIMINGS: ClientTimings = {
  intervalMs: 10_000,
  inputPauseMs: 5_000,
  reconnectSpreadMs: 2_000,
  reconnectWithinMs: 22_500,
};

/** An ordinary user, changed by `over`. */
export function fakeUser(id: string, over: Partial<User> = {}): User {
  const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
  return {
    id,
    name,
    picture: null,
    status: "online",
    sinceAt: 1_799_999_000_000,
    lastSeenAt: null,
    ...PLAIN,
    ...over,
  };
}
