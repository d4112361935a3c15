import type { Cancel, Environment } from "../page/environment";

/** The client's own check of a live connection (HB6). The server's pings alone cannot show that it is dead. */
export interface Watchdog {
  /** The connection is live. Starts the watch. */
  start(): void;
  stop(): void;
  /** A message arrived. It does not answer a probe: a page that was frozen finds old messages. */
  heard(): void;
  /** The echo arrived of the probe with this id. */
  answered(at: number): void;
  /** The connection is in doubt. Sends a probe and waits for its echo. */
  doubt(): void;
  /** How long the server has been silent, in milliseconds. */
  silentMs(): number;
}

export interface WatchdogOptions {
  readonly environment: Environment;
  /** The server's heartbeat interval, in milliseconds. */
  readonly intervalMs: () => number;
  /** Sends a probe and returns the id that its echo carries. */
  readonly sendProbe: () => number;
  /** Reports whether the server has been silent for too long, so that the roster may be out of date (SY6). */
  readonly onSuspect: (suspect: boolean) => void;
  /** Reports that no echo came. The connection is dead. */
  readonly onDead: () => void;
}

/** Silence of this many intervals is suspicious. */
const SILENCE = 2.5;

/** How long a probe waits for its echo, or for the next message before it. */
const ANSWER_WITHIN_MS = 2_000;

/** A timer that is later than this was delayed together with messages that arrived in the meantime. */
const LATE_MS = 1_000;

/** The latency is measured once in this many intervals while the page is visible. */
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
    // Set with each message, not by its own callback: in hidden pages browsers run chained timers only
    // once a minute.
    cancelSilence = environment.schedule(() => {
      // Independent of the wall clock, and even if a probe is on its way (SY6).
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
      // The page was frozen or delayed. The echo may be waiting behind this timer, so wait once more.
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
      // It measures the latency, and reports activity since the connection began.
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
      // A large sync on a slow connection delays the echo.
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
