import type { Cancel, Environment } from "../page/environment";

/** The client's own watch over a live connection (HB6): the server's pings alone cannot tell it of a dead one. */
export interface Watchdog {
  /** The connection is live: watch it. */
  start(): void;
  stop(): void;
  /** Something came from the server. It answers no question: a page that was frozen finds what came before. */
  heard(): void;
  /** The echo came of the probe that was sent at this instant of the page's clock. */
  answered(at: number): void;
  /** There is reason to doubt the connection: ask, and wait for an answer. */
  doubt(): void;
  /** For how long nothing has come, in milliseconds. */
  silentMs(): number;
}

export interface WatchdogOptions {
  readonly environment: Environment;
  /** The server's heartbeat interval, in milliseconds. */
  readonly intervalMs: () => number;
  /** Sends a probe, and returns the instant by which its echo will be known. */
  readonly sendProbe: () => number;
  /** Whether the roster may be out of date since the server has been silent for too long (SY6). */
  readonly onSuspect: (suspect: boolean) => void;
  /** No answer: the connection is dead. */
  readonly onDead: () => void;
}

/** So many intervals of silence are suspicious. */
const SILENCE = 2.5;

/** How long a probe waits for its echo, or for anything more of what lies before the echo on its way. */
const ANSWER_WITHIN_MS = 2_000;

/** A timer later than this has been held up together with whatever arrived meanwhile. */
const LATE_MS = 1_000;

/** Round trips are measured every so many intervals, while someone can see the figure. */
const MEASURE_EVERY = 3;

export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { environment } = options;
  let heardAt = 0;
  let cancelSilence: Cancel = () => {};
  let cancelDeadline: Cancel | null = null;
  let askedAt = 0;
  let mayRepeat = false;
  let cancelMeasure: Cancel = () => {};

  const silenceMs = (): number => SILENCE * options.intervalMs();
  const silentMs = (): number => environment.now() - heardAt;

  function listen(): void {
    heardAt = environment.now();
    cancelSilence();
    // Set anew with each message, not by its own callback: browsers hold up timers that are chained
    // in hidden pages, to one a minute.
    cancelSilence = environment.schedule(() => {
      // Whatever the wall clock says by now, and whether or not a probe is out already (SY6).
      options.onSuspect(true);
      doubt();
    }, silenceMs());
  }

  function doubt(): void {
    if (silentMs() >= silenceMs()) options.onSuspect(true);
    if (!cancelDeadline) ask(true);
  }

  function ask(again: boolean): void {
    askedAt = options.sendProbe();
    mayRepeat = again;
    wait();
  }

  function wait(): void {
    cancelDeadline?.();
    const dueAt = environment.now() + ANSWER_WITHIN_MS;
    cancelDeadline = environment.schedule(() => {
      // The page was frozen or held up: the answer may be waiting behind this timer. Once.
      if (mayRepeat && environment.now() - dueAt > LATE_MS) return ask(false);
      cancelDeadline = null;
      options.onDead();
    }, ANSWER_WITHIN_MS);
  }

  function settle(): void {
    cancelDeadline?.();
    cancelDeadline = null;
  }

  function measureLater(): void {
    cancelMeasure = environment.schedule(() => {
      if (environment.isVisible()) options.sendProbe();
      measureLater();
    }, MEASURE_EVERY * options.intervalMs());
  }

  return {
    start() {
      listen();
      // It measures, and tells what may have happened to the page since it said hello.
      options.sendProbe();
      measureLater();
    },
    stop() {
      cancelSilence();
      cancelMeasure();
      settle();
    },
    heard() {
      listen();
      // A large sync on a slow line keeps the echo waiting for as long as it takes.
      if (cancelDeadline) wait();
      else options.onSuspect(false);
    },
    answered(at) {
      if (!cancelDeadline || at < askedAt) return;
      settle();
      options.onSuspect(false);
    },
    doubt,
    silentMs,
  };
}
