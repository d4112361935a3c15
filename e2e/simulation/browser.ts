import type { Cancel, Environment, PageEvent } from "../../client/page/environment";
import { createPresenceClient, type PresenceClient } from "../../client/client/presence-client";
import type { Socket, SocketEvents, SocketTarget } from "../../client/page/socket";
import { EVERYBODY, type Scope } from "../../core/shared/scope";
import type { BrowserEnd, Wire } from "./network";
import type { World } from "./world";

interface Timer {
  dueAt: number;
  readonly run: () => void;
}

/** One load of a page: its client, its timers, its sockets. A reload makes another in the same tab. */
export class Page implements Environment, BrowserEnd {
  readonly client: PresenceClient;
  readonly wires: Wire[] = [];
  isGone = false;
  /** What it has asked to hear. */
  scope: Scope = EVERYBODY;
  /** Why nothing of it runs: events wait, and timers too. */
  held: "frozen" | "asleep" | "cached" | null = null;
  isThrottled = false;
  isOffline = false;
  /** When something was last received, or the page last hindered from noticing its absence. */
  calmSinceAt: number;
  signedOut = false;
  /** It has asked for a fresh token: the socket that it has serves until another does. */
  refreshes = false;
  stopped = false;
  readonly #timers = new Set<Timer>();
  readonly #listeners = new Set<(event: PageEvent) => void>();
  #inbox: (() => void)[] = [];
  #sleptMs = 0;

  constructor(
    readonly world: World,
    readonly tab: Tab,
  ) {
    this.calmSinceAt = world.now;
    this.client = createPresenceClient({
      host: "server",
      room: "lobby",
      observe: tab.observes,
      environment: this,
      getToken: () => world.tokens.ask(tab),
    });
    this.run(() => this.client.start());
  }

  now = (): number => this.world.now + this.tab.clockAheadMs;
  monotonicNow = (): number => this.world.now - this.#sleptMs;
  random = (): number => this.world.random.next();
  randomId = (): string => this.world.newId("page");
  isVisible = (): boolean => this.tab.isVisible;
  readTab = (key: string): string | null => this.tab.storage.get(key) ?? null;
  writeTab = (key: string, value: string): void => void this.tab.storage.set(key, value);
  warn = (): void => {};

  schedule(run: () => void, delayMs: number): Cancel {
    const timer: Timer = { dueAt: this.world.now + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => this.#timers.delete(timer);
  }

  onPageEvent(listener: (event: PageEvent) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  openSocket(target: SocketTarget, events: SocketEvents): Socket {
    const wire = this.world.connect(this, new URLSearchParams(target.params), events);
    this.wires.push(wire);
    const most = this.refreshes ? 2 : 1;
    if (this.openWires().length > most) this.world.fail(`[CN3] a page has more than ${most} sockets`);
    return { send: (data) => wire.sendUp(data), close: () => wire.giveUp() };
  }

  openWires(): Wire[] {
    return this.wires.filter((wire) => !wire.isGivenUp);
  }

  deliver(happen: () => void): void {
    if (this.isGone) return;
    // What waits already comes first.
    if (this.held || this.#inbox.length > 0) this.#inbox.push(happen);
    else this.#hear(happen);
  }

  emit(event: PageEvent): void {
    if (this.isGone || this.held) return;
    for (const listener of Array.from(this.#listeners)) this.run(() => listener(event));
  }

  /** Nothing runs for a while. A machine that sleeps stops the page's timers and its monotonic clock, too. */
  hold(how: "frozen" | "asleep" | "cached", ms: number, then: () => void): void {
    if (this.isGone || this.held) return;
    this.held = how;
    this.world.scheduler.after(ms, () => {
      if (this.isGone) return;
      this.held = null;
      this.calmSinceAt = this.world.now;
      if (how === "asleep") this.#sleptMs += ms;
      const timersFirst = this.world.random.chance(0.5);
      if (!timersFirst) this.#readInbox();
      for (const timer of this.#timers) {
        if (how === "asleep") timer.dueAt += ms;
        this.#arm(timer);
      }
      then();
      // What arrived meanwhile waits behind the timers that are due.
      if (timersFirst) this.world.scheduler.after(0, () => this.#readInbox());
    });
  }

  /** Timers run once a minute, all of them, or as they should again. */
  throttle(isThrottled: boolean): void {
    this.isThrottled = isThrottled;
    this.calmSinceAt = this.world.now;
    if (!isThrottled) for (const timer of this.#timers) this.#arm(timer);
  }

  /** The page is no more. Its browser closes what it has open, unless it is gone without a word. */
  end(says: boolean): void {
    this.isGone = true;
    this.#timers.clear();
    for (const wire of this.openWires()) {
      if (says) wire.giveUp();
      else wire.cut("neither");
      wire.isGivenUp = true;
    }
  }

  run(happen: () => void): void {
    if (this.isGone) return;
    try {
      happen();
    } catch (error) {
      this.world.fail(`the client threw: ${String((error as Error).stack)}`);
    }
  }

  #readInbox(): void {
    if (this.held) return;
    for (const happen of this.#inbox.splice(0)) this.#hear(happen);
  }

  #hear(happen: () => void): void {
    this.calmSinceAt = this.world.now;
    this.run(happen);
  }

  #arm(timer: Timer, at = timer.dueAt): void {
    this.world.scheduler.at(at, () => {
      if (this.isGone || this.held || timer.dueAt > this.world.now || !this.#timers.has(timer)) return;
      if (this.isThrottled && this.world.now % 60_000 !== 0)
        return this.#arm(timer, Math.ceil(this.world.now / 60_000) * 60_000);
      this.#timers.delete(timer);
      this.run(timer.run);
    });
  }
}

/** A tab of a user's browser, with what outlives a load of its page. */
export class Tab {
  readonly storage = new Map<string, string>();
  clockAheadMs: number;
  isVisible = true;
  page: Page | null = null;

  constructor(
    readonly userId: string,
    readonly role: "member" | "admin",
    readonly observes: boolean,
    public sessionId: string,
    clockAheadMs: number,
  ) {
    this.clockAheadMs = clockAheadMs;
  }
}
