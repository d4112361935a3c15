import { measureOffset, serverTime, UNKNOWN_OFFSET } from "../../core/shared/clock";
import { helloParams } from "../../core/wire/hello";
import { isRoomName } from "../../core/shared/limits";
import { pageOf, type PageQuery, type PageRows } from "../../core/shared/page-query";
import type { ClientTimings } from "../../core/wire/protocol";
import { EVERYBODY, sameScope, toScopeMessage, type Scope } from "../../core/shared/scope";
import { readStatusMessage, type SomeChoices } from "../../core/shared/choices";
import type { Availability, StatusMessage, User } from "../../core/shared/terms";
import {
  DEFAULT_TIMINGS,
  inputPauseMs,
  reconnectSpreadMs,
  reconnectWithinMs,
} from "../../core/shared/timings";
import { createActivity } from "../page/activity";
import { toConnectionState, type Phase } from "../connection/connection";
import { checkHost } from "../connection/host";
import { createWarnings } from "../connection/warnings";
import { browserEnvironment, type Cancel, type Environment, type PageEvent } from "../page/environment";
import { createLink, type Conversation, type Line } from "../connection/link";
import { createOwnChoices, type OwnPresence } from "./own-choices";
import { createPager } from "./pager";
import { MISUNDERSTOOD, SILENT } from "../connection/problem";
import { createSession } from "../connection/session";
import type { SocketTarget } from "../page/socket";
import {
  createStore,
  type ChangesListener,
  type ConnectionStatus,
  type InitialPresence,
  type PresenceSnapshot,
} from "./store";
import { TokenRefusedError } from "../connection/token";
import { watchForWake } from "../page/wake";
import { createWatchdog } from "../connection/watchdog";

export { TokenRefusedError };
export type { ConnectionStatus, InitialPresence, OwnPresence, PresenceSnapshot };

/** Which room a client connects to, and as which user. */
export interface PresenceClientOptions {
  /** host[:port] or URL of the room server, e.g. "localhost:1999" or "https://presence.example.com". */
  readonly host: string;
  readonly room: string;
  /**
   * Called at each attempt to connect. Returns a fresh token (SE1). Throw TokenRefusedError to stop for good
   * (not signed in, not allowed). Any other error is retried with back-off.
   */
  readonly getToken: () => Promise<string>;
  /** Watch without being present (admins only). */
  readonly observe?: boolean;
  /** What `getPresence` read on the app's server, to show until the first sync. */
  readonly initial?: InitialPresence;
  /** What to receive at first; all users by default (VW1). */
  readonly scope?: Scope;
  /** The browser by default. Tests and simulations bring their own. @internal */
  readonly environment?: Environment;
}

/** One page's presence in one room, and its view of the other users. Its functions need no `this`. */
export interface PresenceClient {
  /** Connects. Does nothing if it is started, or if it has ended other than by `stop`. */
  readonly start: () => void;
  /**
   * Sends `leaving`, so that the short grace of a reload applies (GR1), and closes. The roster stays and is marked
   * stale.
   */
  readonly stop: () => void;
  /** Calls `listener` after each change of the snapshot, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => PresenceSnapshot;
  /** The snapshot's part about the connection. The same object until the connection changes. */
  readonly getStatus: () => ConnectionStatus;
  /** Calls `listener` with the ids in each diff, and with null when the whole roster may have changed (SY3). */
  readonly subscribeChanges: (listener: ChangesListener) => () => void;
  /** Calls `listener` when this user changes, comes or goes (SY3). */
  readonly subscribeUser: (id: string, listener: () => void) => () => void;
  /** The user, or undefined if the room does not know the id. The same object until that user changes. */
  readonly getUser: (id: string) => User | undefined;
  /** Changes what the client receives, without reconnecting. The old users stay until the server has answered (VW1). */
  readonly setScope: (scope: Scope) => void;
  /**
   * Returns rows of the roster, filtered and sorted. In the mode `pages` they come from the server, and the users on
   * the page become the snapshot's users. Otherwise they come from the known roster (VW2). Rejects when another page is
   * requested in the meantime, and when the client ends.
   */
  readonly readPage: (query: PageQuery) => Promise<PageRows>;
  /** The own user and their choices. The same object until these change. `subscribe` reports changes. */
  readonly getOwnPresence: () => OwnPresence;
  /**
   * Sets how the user is shown, on all their pages (ST3). With `untilAt`, an instant of the server's clock, it ends
   * then. `getOwnPresence` shows it at once. Without a connection it is sent with the next one. The last choice of all
   * pages wins. Does nothing for observers.
   */
  readonly setAvailability: (availability: Availability, untilAt?: number | null) => void;
  /**
   * Sets the status message, or clears it with null (ST4). It is sent like `setAvailability`. `untilAt` is an instant
   * of the server's clock: `serverNow() + 3_600_000` for an hour. A message that is too long is removed when the server
   * refuses it.
   * @throws {TypeError} if the emoji is not exactly one emoji, or the text contains half a character
   */
  readonly setMessage: (message: StatusMessage | null) => void;
  /**
   * Hides from members when the user was last seen, and from the user when others were (PR3). It is sent like
   * `setAvailability`.
   */
  readonly setHideLastSeen: (hideLastSeen: boolean) => void;
  /**
   * Signs out on every tab of this sign-in (GR2). Resolves after at most 2 s, when the client has stopped as
   * `signedOut`, even if the server could not be reached. Never rejects.
   */
  readonly signOut: () => Promise<void>;
  /** Connects now, after any stop, or instead of waiting for the next attempt. */
  readonly reconnect: () => void;
  /**
   * Continues with a fresh token from `getToken`. Call it when the name, picture or rooms have changed. The connection
   * serves until the one with the new token is live, so nobody sees the user leave (GR1). Does nothing before `start`,
   * and after `stop` or a sign-out.
   */
  readonly refreshToken: () => void;
  /** The server's estimated time, in milliseconds since 1970 (SY5). */
  readonly serverNow: () => number;
}

/** How long a sign-out waits for the server. */
const SIGN_OUT_WITHIN_MS = 2_000;

/** Timings until the server's first sync. */
const DEFAULTS: ClientTimings = {
  intervalMs: DEFAULT_TIMINGS.intervalMs,
  inputPauseMs: inputPauseMs(DEFAULT_TIMINGS),
  reconnectSpreadMs: reconnectSpreadMs(DEFAULT_TIMINGS),
  reconnectWithinMs: reconnectWithinMs(DEFAULT_TIMINGS),
};

/**
 * Creates a client. It does nothing before `start`.
 * @throws {TypeError} if the host or the room is not valid
 */
export function createPresenceClient(options: PresenceClientOptions): PresenceClient {
  const { room, observe = false, initial, environment = browserEnvironment() } = options;
  const host = checkHost(options.host);
  let scope = options.scope ?? EVERYBODY;
  if (!isRoomName(room)) {
    throw new TypeError(
      `"${room}" cannot be a room: 1 to 64 letters, digits, "_" or "-", the first a letter or digit`,
    );
  }
  // Only in memory: a duplicated tab copies its sessionStorage, but is another page (CN2).
  const clientId = environment.randomId();
  const store = createStore(observe, initial);
  let firstToken = initial?.token;
  const activity = createActivity(environment);
  let timings = DEFAULTS;
  let offset = UNKNOWN_OFFSET;
  /** The conversation on the serving socket. */
  let talk: { toldScope: Scope; readonly line: Line } | null = null;
  let probe: { readonly at: number; readonly sentAt: number } | null = null;
  let detachFromPage: Cancel | null = null;
  let signingOut: { readonly done: Promise<void>; readonly finish: () => void } | null = null;
  let receivedAt = 0;
  /** When this client last answered a ping, on the clock that is never set. */
  let sentAt = -Infinity;

  const warnings = createWarnings(environment, room);

  const link = createLink({
    environment,
    host,
    async getToken() {
      const token = firstToken ?? (await options.getToken());
      firstToken = undefined;
      return token;
    },
    converse,
    waits: () => ({ spreadMs: timings.reconnectSpreadMs, withinMs: timings.reconnectWithinMs }),
    farewell: () => [{ type: "activity", ...activity.current() }, { type: "leaving" }],
    onPhase,
    onTakeOver: () => {
      watchdog.stop();
      watchdog.start();
      if (signingOut) link.send({ type: "signOut" });
    },
  });

  const pager = createPager(link.send);
  const own = createOwnChoices(
    (message) => link.phase().name === "live" && link.send(message),
    store.setOwnChoices,
  );

  function choose(some: SomeChoices): void {
    if (!observe) own.choose(some);
  }

  const watchdog = createWatchdog({
    environment,
    intervalMs: () => timings.intervalMs,
    sendProbe,
    onSuspect: (suspect) => store.setSuspect(suspect),
    onDead: () => link.dispatch({ type: "failed", problem: SILENT }),
  });

  function target(token: string): SocketTarget {
    // Another socket serves and continues the numbering, so a resume from here would not fit later (SY4).
    const resumeFrom = scope.kind === "roster" && link.phase().name !== "live" ? store.resumePoint() : null;
    const hello = { clientId, observe, activity: activity.current(), scope: scope.kind, resumeFrom };
    return { host, room, params: { token, ...helloParams(hello) } };
  }

  /** Sends the scope, if the server does not have it. */
  function tellScope(): void {
    if (!talk || talk.toldScope === scope || link.phase().name !== "live") return;
    talk.toldScope = scope;
    talk.line.send(toScopeMessage(scope));
  }

  async function readPage(query: PageQuery): Promise<PageRows> {
    const { mode, users } = store.getSnapshot();
    if (mode === "pages") return pager.ask(query);
    return pageOf(users, query);
  }

  function onPhase(phase: Phase): void {
    if (phase.name === "live") watchdog.start();
    else watchdog.stop();
    if (phase.name === "live" && signingOut) link.send({ type: "signOut" });
    if (phase.name === "idle" || phase.name === "stopped") detach();
    else attach();
    if (phase.name === "stopped") {
      pager.end();
      signingOut?.finish();
    }
    warnings.tell(phase);
    // Last, because a listener may start or stop the client. Uses the phase at that moment.
    store.setConnection(toConnectionState(link.phase(), (at) => serverTime(offset, at)));
  }

  function converse(line: Line): Conversation {
    const mine = { toldScope: scope, line };
    const session = createSession({
      environment,
      send: line.send,
      apply: store.apply,
      onMessage: (message) => {
        if ("now" in message) offset = measureOffset(offset, message.now, receivedAt);
      },
      onSync: (message) => {
        if (message.type === "sync") timings = usable(message.timings);
        talk = mine;
        line.synced();
        tellScope();
        own.begin(message.self, message.choices);
        if (store.getStatus().mode === "pages") pager.resume();
        else pager.settle((query) => pageOf(store.getSnapshot().users, query));
      },
      onPage: pager.receive,
      onChoices: (message) => own.receive(message, message.request),
      onRefusal: own.refused,
      onRescope: () => line.send(toScopeMessage((mine.toldScope = scope))),
      onPing(now) {
        if (talk === mine) watchdog.pinged(environment.monotonicNow() - sentAt);
        line.send({ type: "pong", at: now, ...activity.current() });
        sentAt = environment.monotonicNow();
      },
      onEcho: (at) => {
        const measures = watchdog.answered(at);
        if (measures && at === probe?.at)
          store.setLatency(Math.round(environment.monotonicNow() - probe.sentAt));
      },
      onProof: store.proveAt,
      onClosing: line.closed,
      onBroken: () => line.failed(MISUNDERSTOOD),
    });
    return {
      target,
      receive(data) {
        // Before decoding, which is slow for a large roster (SY5).
        receivedAt = environment.now();
        // A socket that will take over proves nothing about the one that serves.
        if (talk === mine || link.phase().name !== "live") watchdog.heard();
        session.receive(data);
      },
      end: session.end,
    };
  }

  function sendProbe(): number {
    const at = environment.now();
    probe = { at, sentAt: environment.monotonicNow() };
    link.send({ type: "probe", at, ...activity.current() });
    return at;
  }

  /** Sends the activity, and asks for an echo at the same time. */
  function report(): void {
    // A server that hears from this client sends no pings. Its silence would look like a dead connection.
    if (watchdog.silentMs() >= timings.intervalMs) sendProbe();
    else link.send({ type: "activity", ...activity.current() });
  }

  /** The machine woke, the network returned, or the page became visible. The connection may be dead (HB6). */
  function recheck(): void {
    if (link.phase().name === "live") watchdog.doubt();
    else link.dispatch({ type: "hurry" });
  }

  function onPageEvent(event: PageEvent): void {
    const worthTelling = activity.handle(event, timings.inputPauseMs);
    if (worthTelling && link.phase().name === "live") report();
    switch (event.type) {
      case "input":
      case "scroll":
        return;
      case "visibility":
        if (environment.isVisible()) recheck();
        return;
      case "offline":
        if (link.phase().name === "live") watchdog.lose();
        return;
      case "online":
      case "resume":
        return recheck();
      case "pagehide":
        // An open socket would keep the page out of the back/forward cache.
        return link.dispatch({ type: "leave" });
      case "pageshow":
        if (!event.restored) return;
        if (link.phase().name === "waiting") link.dispatch({ type: "tryNow" });
        else recheck();
        return;
      default:
        event satisfies never;
    }
  }

  function attach(): void {
    if (detachFromPage) return;
    activity.begin();
    const endWatch = watchForWake(environment, recheck);
    const endEvents = environment.onPageEvent(onPageEvent);
    detachFromPage = () => {
      endWatch();
      endEvents();
    };
  }

  function detach(): void {
    detachFromPage?.();
    detachFromPage = null;
  }

  async function signOut(): Promise<void> {
    if (signingOut) return signingOut.done;
    own.forget();
    const phase = link.phase();
    if (phase.name === "idle" || phase.name === "stopped") return link.dispatch({ type: "signedOut" });
    let resolve = (): void => {};
    const done = new Promise<void>((resolved) => (resolve = resolved));
    const cancelBound = environment.schedule(() => link.dispatch({ type: "signedOut" }), SIGN_OUT_WITHIN_MS);
    const finish = (): void => {
      signingOut = null;
      cancelBound();
      // The user asked for this end, whatever ended the client in the meantime.
      link.dispatch({ type: "signedOut" });
      resolve();
    };
    signingOut = { done, finish };
    // Without a connection, wait a moment for one.
    if (phase.name === "live") link.send({ type: "signOut" });
    else link.dispatch({ type: "tryNow" });
    return done;
  }

  return {
    start: () => link.dispatch({ type: "start" }),
    stop: () => link.dispatch({ type: "stop" }),
    subscribe: store.subscribe,
    getSnapshot: store.getSnapshot,
    getStatus: store.getStatus,
    subscribeChanges: store.subscribeChanges,
    subscribeUser: store.subscribeUser,
    getUser: store.getUser,
    setScope(next) {
      if (sameScope(scope, next)) return;
      scope = next;
      tellScope();
    },
    readPage,
    getOwnPresence: store.getOwnPresence,
    setAvailability: (availability, untilAt = null) => choose({ availability, availabilityUntilAt: untilAt }),
    setMessage: (message) => choose({ message: message && readStatusMessage(message) }),
    setHideLastSeen: (hideLastSeen) => choose({ hideLastSeen }),
    signOut,
    reconnect: () => link.dispatch({ type: "tryNow" }),
    refreshToken: link.refreshToken,
    serverNow: () => serverTime(offset, environment.now()),
  };
}

/** With a heartbeat interval of 0 the client would do nothing but probe. */
function usable(timings: ClientTimings): ClientTimings {
  return { ...timings, intervalMs: Math.max(100, timings.intervalMs) };
}
