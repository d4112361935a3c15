import type { Cancel, Environment } from "../page/environment";

/** The client's own check of a live connection (HB6). The server's pings alone cannot show that it is dead. */
export interface Watchdog {
  /** The connection is live. Starts the watch. */
  start(): void;
  stop(): void;
  /** A message arrived. It does not answer a probe: a page that was frozen finds old messages. */
  heard(): void;
  /** A ping arrived. `sentMs` is how long ago this client answered the one before. */
  pinged(sentMs: number): void;
  /** The echo arrived of the probe with this id. Returns whether the time that it took is the latency. */
  answered(at: number): boolean;
  /** The connection is in doubt. Sends a probe and waits for its echo. */
  doubt(): void;
  /** The browser says that the network is lost. The roster may be out of date from now on (SY6). */
  lose(): void;
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

/** No message postpones a probe's deadline beyond this: the server may be heard and not hear. */
const ANSWER_AT_MOST_MS = 8_000;

/** The server pings who was silent for an interval. A ping this soon after an answer means that the answer did not arrive. */
const UNHEARD = 0.5;

/** A timer that is later than this was delayed together with messages that arrived in the meantime. */
const LATE_MS = 1_000;

/** The latency is measured once in this many intervals while the page is visible. */
const MEASURE_EVERY = 3;

/** The first measurement waits for this part of an interval: before it, a page is busy with its own start. */
const MEASURE_FIRST = 0.8;

export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { environment } = options;
  let heardAt = 0;
  let cancelSilence: Cancel = () => {};
  let cancelDeadline: Cancel | null = null;
  let askedAt = 0;
  /** On the clock that is never set. */
  let latestAnswerAt = 0;
  let measuresFrom = 0;
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
    latestAnswerAt = environment.monotonicNow() + ANSWER_AT_MOST_MS;
    mayRepeat = again;
    wait();
  }

  function wait(): void {
    cancelDeadline?.();
    const waitMs = Math.min(ANSWER_WITHIN_MS, Math.max(0, latestAnswerAt - environment.monotonicNow()));
    const dueAt = environment.now() + waitMs;
    cancelDeadline = environment.schedule(() => {
      // The page was frozen or delayed. The echo may be waiting behind this timer, so wait once more.
      if (mayRepeat && environment.now() - dueAt > LATE_MS) return ask(false);
      cancelDeadline = null;
      options.onDead();
    }, waitMs);
  }

  function settle(): void {
    cancelDeadline?.();
    cancelDeadline = null;
  }

  function measureAfter(intervals: number): void {
    cancelMeasure = environment.schedule(() => {
      if (environment.isVisible()) options.sendProbe();
      measureAfter(MEASURE_EVERY);
    }, intervals * options.intervalMs());
  }

  return {
    start() {
      listen();
      // It reports activity since the connection began.
      measuresFrom = options.sendProbe() + 1;
      measureAfter(MEASURE_FIRST);
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
    pinged(sentMs) {
      if (sentMs < UNHEARD * options.intervalMs()) doubt();
    },
    answered(at) {
      if (cancelDeadline && at >= askedAt) {
        settle();
        options.onSuspect(false);
      }
      return at >= measuresFrom;
    },
    doubt,
    lose() {
      options.onSuspect(true);
      if (!cancelDeadline) ask(true);
    },
    silentMs,
  };
}
