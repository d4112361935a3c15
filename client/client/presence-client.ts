import { measureOffset, serverTime, UNKNOWN_OFFSET } from "../../core/shared/clock";
import { helloParams } from "../../core/wire/hello";
import { isRoomName } from "../../core/shared/limits";
import { pageOf, type PageQuery, type PageRows } from "../../core/shared/page-query";
import type { ClientTimings } from "../../core/wire/protocol";
import { EVERYBODY, sameScope, toScopeMessage, type Scope } from "../../core/shared/scope";
import { readStatusMessage, type SomeChoices } from "../../core/shared/choices";
import type { Availability, StatusMessage, UserView } from "../../core/shared/terms";
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
import { createOwnChoices } from "./own-choices";
import { createPager } from "./pager";
import { MISUNDERSTOOD, SILENT } from "../connection/problem";
import { createSession } from "../connection/session";
import type { SocketTarget } from "../page/socket";
import {
  createStore,
  type ChangesListener,
  type PresenceSnapshot,
  type ConnectionStatus,
  type Self,
} from "./store";
import { TokenRefusedError } from "../connection/token";
import { watchForWake } from "../page/wake";
import { createWatchdog } from "../connection/watchdog";

export { TokenRefusedError };
export type { PresenceSnapshot, ConnectionStatus, Self };

/** Which room a client connects with, and as whom. */
export interface PresenceClientOptions {
  /** host[:port] or URL of the room server, e.g. "localhost:1999" or "https://presence.example.com". */
  readonly host: string;
  readonly room: string;
  /**
   * Asked anew at each attempt to connect; returns a fresh token (SE1). Throw TokenRefusedError to stop
   * for good (not signed in, not allowed); any other error is retried with back-off.
   */
  readonly getToken: () => Promise<string>;
  /** Watch without being present (admins only). */
  readonly observe?: boolean;
  /** What to hear at first; everybody unless given (VW1). */
  readonly scope?: Scope;
  /** Injected by tests and simulations; the browser by default. @internal */
  readonly environment?: Environment;
}

/** One page's presence in one room, and its view of who else is there. Its functions need no `this`. */
export interface PresenceClient {
  /** Connects. Does nothing while started, or when the client has ended for another reason than `stop`. */
  readonly start: () => void;
  /** Says `leaving`, so that a reload's grace applies (GR1), and closes. The roster stays, marked stale. */
  readonly stop: () => void;
  /** Calls `listener` whenever the snapshot has changed, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => PresenceSnapshot;
  /** The snapshot's part about the connection: the same object while that does not change, whoever comes and goes. */
  readonly getStatus: () => ConnectionStatus;
  /** Calls `listener` with the ids that each diff concerned, and with null when everything may be another (SY3). */
  readonly subscribeChanges: (listener: ChangesListener) => () => void;
  /** Calls `listener` whenever this user has changed, come or gone (SY3). */
  readonly subscribeUser: (id: string, listener: () => void) => () => void;
  /** The user's view, the same object until that user changes; undefined for users unknown to the room. */
  readonly getUser: (id: string) => UserView | undefined;
  /** Changes what is heard, without reconnecting; what was heard stays until the server has answered (VW1). */
  readonly setScope: (scope: Scope) => void;
  /**
   * Rows of the roster, filtered and sorted. In the mode `pages` the server is asked, and those on the page are
   * from then on the snapshot's users; else the answer is in what is known already (VW2). Rejects when
   * another page is asked for meanwhile, and when the client ends.
   */
  readonly readPage: (query: PageQuery) => Promise<PageRows>;
  /** The own user and what they chose: the same object until that changes. `subscribe` tells of it. */
  readonly getSelf: () => Self;
  /**
   * Chooses how the user is shown, on all of their pages (ST3), until `untilAt` by the server's clock if it is
   * given. Shown in `getSelf` at once. Without a connection it is kept and sent with the next one; of several
   * pages the last word wins. Does nothing for observers.
   */
  readonly setAvailability: (availability: Availability, untilAt?: number | null) => void;
  /**
   * Sets or, by null, clears the status message (ST4); like `setAvailability`. `untilAt` is by the server's clock:
   * `serverNow() + 3_600_000` for an hour. One that is longer than the server allows is taken back when it says so.
   * @throws {TypeError} when the emoji is not one emoji, or half a character is in it.
   */
  readonly setMessage: (message: StatusMessage | null) => void;
  /** Hides when the user was last seen from members, and so others' from the user (PR3); like `setAvailability`. */
  readonly setHideLastSeen: (hideLastSeen: boolean) => void;
  /**
   * Signs out on every tab of this sign-in (GR2). Resolves, at the latest after 2 s, with the client
   * stopped as `signedOut`, whether or not the server could be told. Never rejects.
   */
  readonly signOut: () => Promise<void>;
  /** Tries again now: after a stop for whatever reason, or instead of waiting on. */
  readonly reconnect: () => void;
  /**
   * Goes on with a fresh token from `getToken`, with which come name, picture and rooms: call it when they have changed.
   * The connection serves until the one with the new token is live, so nobody sees the user leave (GR1). Does nothing
   * before `start`, and after `stop` or a sign-out.
   */
  readonly refreshToken: () => void;
  /** The server's time in milliseconds since 1970, as well as it is known (SY5). */
  readonly serverNow: () => number;
}

/** How long a sign-out waits for the server. */
const SIGN_OUT_WITHIN_MS = 2_000;

/** What holds until the server's first sync says otherwise. */
const DEFAULTS: ClientTimings = {
  intervalMs: DEFAULT_TIMINGS.intervalMs,
  inputPauseMs: inputPauseMs(DEFAULT_TIMINGS),
  reconnectSpreadMs: reconnectSpreadMs(DEFAULT_TIMINGS),
  reconnectWithinMs: reconnectWithinMs(DEFAULT_TIMINGS),
};

/**
 * Makes a client, which does nothing until `start`.
 * @throws {TypeError} when host or room cannot be.
 */
export function createPresenceClient(options: PresenceClientOptions): PresenceClient {
  const { room, getToken, observe = false, environment = browserEnvironment() } = options;
  const host = checkHost(options.host);
  let scope = options.scope ?? EVERYBODY;
  if (!isRoomName(room)) {
    throw new TypeError(
      `"${room}" cannot be a room: 1 to 64 letters, digits, "_" or "-", the first a letter or digit`,
    );
  }
  // In memory alone: a duplicated tab copies its sessionStorage, and is another page (CN2).
  const clientId = environment.randomId();
  const store = createStore(observe);
  const activity = createActivity(environment);
  let timings = DEFAULTS;
  let offset = UNKNOWN_OFFSET;
  /** What is said on the socket that serves. */
  let talk: { toldScope: Scope; readonly line: Line } | null = null;
  let probe: { readonly at: number; readonly sentAt: number } | null = null;
  let detachFromPage: Cancel | null = null;
  let signingOut: { readonly done: Promise<void>; readonly finish: () => void } | null = null;
  let receivedAt = 0;

  const warnings = createWarnings(environment, room);

  const link = createLink({
    environment,
    host,
    getToken,
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
    (state) => store.setOwn(state),
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
    // While another socket serves, what is known goes on: what was missed since now would not fit then (SY4).
    const resumeFrom = scope.kind === "roster" && link.phase().name !== "live" ? store.resumePoint() : null;
    const hello = { clientId, observe, activity: activity.current(), scope: scope.kind, resumeFrom };
    return { host, room, params: { token, ...helloParams(hello) } };
  }

  /** Says what is to be heard, if the server does not know. */
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
    // Last, since a listener may stop or start the client; and of the phase as it then is.
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
      onPing: (now) => line.send({ type: "pong", at: now, ...activity.current() }),
      onEcho: (at) => {
        watchdog.answered(at);
        if (at === probe?.at) store.setLatency(Math.round(environment.monotonicNow() - probe.sentAt));
      },
      onProof: store.proveAt,
      onClosing: line.closed,
      onBroken: () => line.failed(MISUNDERSTOOD),
    });
    return {
      target,
      receive(data) {
        // Before it is decoded, which takes its time with a large roster (SY5).
        receivedAt = environment.now();
        // A socket that is to take over proves nothing of the one that serves.
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

  /** Tells the server what the page knows of its user, which is as good a moment to hear from it. */
  function report(): void {
    // A server that keeps hearing from us need not ping us: left at that, its silence would look like death.
    if (watchdog.silentMs() >= timings.intervalMs) sendProbe();
    else link.send({ type: "activity", ...activity.current() });
  }

  /** The machine woke, the network is back, the page is looked at: whatever was believed may be wrong (HB6). */
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
      case "online":
      case "resume":
        return recheck();
      case "pagehide":
        // Closed by ourselves, or an open socket would keep the page out of the back/forward cache.
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
      // Whatever ended the client meanwhile, what the user asked for is what is said.
      link.dispatch({ type: "signedOut" });
      resolve();
    };
    signingOut = { done, finish };
    // Without a connection there is a moment to get one.
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
    getSelf: store.getSelf,
    setAvailability: (availability, untilAt = null) => choose({ availability, availabilityUntilAt: untilAt }),
    setMessage: (message) => choose({ message: message && readStatusMessage(message) }),
    setHideLastSeen: (hideLastSeen) => choose({ hideLastSeen }),
    signOut,
    reconnect: () => link.dispatch({ type: "tryNow" }),
    refreshToken: link.refreshToken,
    serverNow: () => serverTime(offset, environment.now()),
  };
}

/** A heartbeat of no time would have the client do nothing but probe. */
function usable(timings: ClientTimings): ClientTimings {
  return { ...timings, intervalMs: Math.max(100, timings.intervalMs) };
}
