import type { SocketEvents } from "../../client/page/socket";
import { validateTimings, type Timings } from "../../core/shared/timings";
import { perform } from "./actions";
import { Page, Tab } from "./browser";
import { Wire } from "./network";
import { Oracles } from "./oracles";
import { Random } from "./random";
import { Scheduler } from "../../server/testing/scheduler";
import type { Script } from "./script";
import { ServerHost } from "./server-host";
import { TokenDesk } from "./tokens";
import { ALARM_JITTER_MS, Truth } from "./truth";

const START_AT = 1_800_000_000_000;

/** What became of a world. */
export interface Outcome {
  readonly failure: string | null;
  readonly counters: ReadonlyMap<string, number>;
  /** What happened, when asked for. */
  readonly log: readonly string[];
}

/** One server, a few browsers, the network between them, and one clock. */
export class World {
  readonly scheduler = new Scheduler(START_AT);
  readonly random: Random;
  /** The chance of the server, so that what it draws changes nothing else in the world. */
  readonly serverRandom: Random;
  readonly truth: Truth;
  readonly host: ServerHost;
  readonly tokens: TokenDesk;
  readonly oracles: Oracles;
  readonly tabs: Tab[] = [];
  readonly counters = new Map<string, number>();
  readonly log: string[] = [];
  failure: string | null = null;
  nextAlarmLateMs = 0;
  isHealed = false;
  #ids = 0;

  constructor(
    readonly timings: Timings,
    readonly script: Script,
  ) {
    validateTimings(timings);
    this.random = new Random(script.seed ^ 0x5eed);
    this.serverRandom = new Random(script.seed ^ 0xca5e);
    this.truth = new Truth(
      timings,
      () => this.host.roomNow,
      (what) => this.count(what),
    );
    this.host = new ServerHost(this, timings);
    this.tokens = new TokenDesk(this);
    this.oracles = new Oracles(this);
  }

  get now(): number {
    return this.scheduler.now;
  }

  get pages(): Page[] {
    return this.tabs.flatMap((tab) => (tab.page && !tab.page.isGone ? [tab.page] : []));
  }

  async run(): Promise<Outcome> {
    try {
      await this.#live();
    } catch (error) {
      this.fail(`something threw: ${String((error as Error).stack)}`);
    }
    return { failure: this.failure, counters: this.counters, log: this.log };
  }

  /** The first thing that goes wrong is the one that counts. */
  fail(problem: string): void {
    this.failure ??= `${problem}\n  at +${this.now - START_AT} ms`;
  }

  count(what: string, by = 1): void {
    if (by > 0) this.counters.set(what, (this.counters.get(what) ?? 0) + by);
  }

  note(what: string): void {
    this.log.push(`+${this.now - START_AT} ${what}`);
  }

  newId(kind: string): string {
    this.#ids += 1;
    return `${kind}-${this.#ids}`;
  }

  connect(page: Page, params: URLSearchParams, events: SocketEvents): Wire {
    const { scheduler, random, host } = this;
    const wire = new Wire(
      this.newId("socket"),
      params,
      scheduler,
      random,
      this.script.slowestMs,
      page,
      host,
      events,
    );
    if (page.isOffline) wire.cut(this.random.chance(0.7) ? "browser" : "neither");
    return wire;
  }

  alarmLateMs(): number {
    const lateMs = this.nextAlarmLateMs || this.random.whole(0, ALARM_JITTER_MS);
    this.nextAlarmLateMs = 0;
    return lateMs;
  }

  async #live(): Promise<void> {
    for (const { user, role, observes, clockAheadMs } of this.script.tabs) {
      const tab = new Tab(user, role, observes, `sign-in of ${user}`, clockAheadMs);
      this.tabs.push(tab);
      this.scheduler.after(this.random.whole(0, 2_000), () => void (tab.page ??= new Page(this, tab)));
    }
    for (const action of this.script.actions) {
      this.scheduler.at(START_AT + action.at, () => {
        this.count(`action: ${action.do}`);
        perform(this, action);
      });
    }
    const check = (): void => {
      this.oracles.afterEach();
      if (this.failure) throw new Error("over");
    };
    await this.scheduler.runUntil(START_AT + this.script.forMs, check);
    this.#heal();
    // At the latest after the longest sleep and back-off and a death, all must be as it should be.
    const { intervalMs, graceMs, restartGraceMs } = this.timings;
    const lastAt = this.now + 12 * intervalMs + 60_000 + graceMs + restartGraceMs;
    while (this.pages.some((page) => page.held !== null) && this.now < lastAt)
      await this.scheduler.runUntil(this.now + intervalMs, check);
    // Half-open connections look well until somebody notices their silence.
    await this.scheduler.runUntil(this.now + 3 * intervalMs + 5_000, check);
    while (this.oracles.unsettled() !== null && this.now < lastAt)
      await this.scheduler.runUntil(this.now + intervalMs, check);
    // What is right must stay right.
    await this.scheduler.runUntil(this.now + intervalMs, check);
    // A diff may be under way at any moment.
    for (let look = 0; look < 5 && this.oracles.unsettled() !== null; look += 1)
      await this.scheduler.runUntil(this.now + 300, check);
    const problem = this.oracles.unsettled();
    if (problem) this.fail(problem);
  }

  /** The network is whole, everybody is awake, and nothing more happens. */
  #heal(): void {
    this.isHealed = true;
    this.nextAlarmLateMs = 0;
    this.tokens.trouble("fails", 0);
    this.host.endStall();
    const tells = this.random.chance(0.5);
    for (const page of this.pages) {
      page.throttle(false);
      page.isOffline = false;
      for (const wire of page.wires) {
        wire.up.release();
        wire.down.release();
      }
      if (tells) page.emit({ type: "online" });
    }
  }
}
