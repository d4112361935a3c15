import type { Cancel, Environment } from "./environment";

/** The client's own watch over a live connection (HB6): the server's pings alone cannot tell it of a dead one. */
export interface Watchdog {
  /** The connection is live: watch it. */
  start(): void;
  stop(): void;
  /** Something came from the server. */
  heard(): void;
  /** There is reason to doubt the connection: ask, and wait for an answer. */
  doubt(): void;
  /** For how long nothing has come, in milliseconds. */
  silentMs(): number;
}

export interface WatchdogOptions {
  readonly environment: Environment;
  /** The server's heartbeat interval, in milliseconds. */
  readonly intervalMs: () => number;
  readonly sendProbe: () => void;
  /** Whether the roster may be out of date since the server has been silent for too long (SY6). */
  readonly onSuspect: (suspect: boolean) => void;
  /** No answer: the connection is dead. */
  readonly onDead: () => void;
}

/** So many intervals of silence are suspicious. */
const SILENCE = 2.5;

/** How long a probe waits for an answer, or for anything at all. */
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

  function ask(mayRepeat: boolean): void {
    options.sendProbe();
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
      settle();
      options.onSuspect(false);
    },
    doubt,
    silentMs,
  };
}
