import { CLOSE, stopReason } from "../../core/shared/close-codes";
import { encodeClientMessage, type ClientMessage } from "../../core/wire/protocol";
import { reconnectDelay, type Waits } from "./backoff";
import { IDLE, transition, type ConnectionEvent, type Phase } from "./connection";
import type { Cancel, Environment } from "../page/environment";
import { closedWith, unreachable, type ConnectionProblem, type TokenFault } from "./problem";
import type { SocketTarget } from "../page/socket";
import { TokenFailedError, TokenRefusedError } from "./token";

export interface LinkOptions {
  readonly environment: Environment;
  readonly host: string;
  readonly getToken: () => Promise<string>;
  /** Begins a conversation on a new socket. `line` is that socket. */
  readonly converse: (line: Line) => Conversation;
  /** The wait before an attempt to reconnect (HB7). */
  readonly waits: () => Waits;
  /** The message to send before the page or the app leaves (GR1). */
  readonly farewell: () => readonly ClientMessage[];
  readonly onPhase: (phase: Phase) => void;
  /** The connection is still live, now on another socket whose first sync has arrived. */
  readonly onTakeOver: () => void;
}

/** A conversation's access to its socket. Calls have no effect after the socket has ended. */
export interface Line {
  /** Sends now or not at all. Old messages must not be sent on the next connection. */
  readonly send: (message: ClientMessage) => boolean;
  /** Reports that the roster is up to date. */
  readonly synced: () => void;
  /** Reports that the server is about to close. */
  readonly closed: (code: number, detail: string) => void;
  /** Reports that the socket is useless. */
  readonly failed: (problem: ConnectionProblem) => void;
}

/** The messages on one socket. */
export interface Conversation {
  /** The socket's address and first message. Called once, before anything is received. */
  readonly target: (token: string) => SocketTarget;
  readonly receive: (data: unknown) => void;
  readonly end: () => void;
}

/** Runs the connection's state machine: gives each phase its token fetch, its socket or its timer. */
export interface Link {
  readonly dispatch: (event: ConnectionEvent) => void;
  readonly phase: () => Phase;
  /** Sends now on the serving socket, or not at all. */
  readonly send: (message: ClientMessage) => boolean;
  /**
   * Continues with a fresh token. A live connection stays until one with that token is live, and is then dropped
   * without a message. The server replaces it (CN2), so nobody sees the user leave, even if the network stalls.
   */
  readonly refreshToken: () => void;
}

type HeldLine = Pick<Line, "send"> & { readonly close: () => void };

/** The attempt to connect with a fresh token while the old connection serves. */
interface Renewal {
  attempt: number;
  /** How often a fresh token had been requested when its own was fetched. */
  asked: number;
  line: HeldLine | null;
  cancelTimer: Cancel;
}

/** A token request that takes longer is abandoned, because it may hang for ever. */
const TOKEN_TIMEOUT_MS = 15_000;

/** A socket without a sync after this time is abandoned. */
const OPEN_TIMEOUT_MS = 10_000;

export function createLink(options: LinkOptions): Link {
  const { environment, host } = options;
  let phase: Phase = IDLE;
  let line: HeldLine | null = null;
  let cancelTimer: Cancel = () => {};
  let renewal: Renewal | null = null;
  /** How often a fresh token was requested: in all, and before the connection's token was fetched. */
  let wanted = 0;
  let served = 0;

  function dispatch(event: ConnectionEvent): void {
    const at = { host, now: environment.now(), random: environment.random(), waits: options.waits() };
    const next = transition(phase, event, at);
    if (next === phase) return;
    if (event.type === "stop" || event.type === "leave") sayFarewell();
    cancelTimer();
    // The only transition that keeps the resources of the phase before.
    if (next.name !== "live") {
      endRenewal();
      dropLine();
    }
    phase = next;
    enter(next);
    options.onPhase(next);
    renewIfDue();
  }

  function enter(entered: Phase): void {
    switch (entered.name) {
      case "idle":
      case "live":
      case "stopped":
        return;
      case "authorizing":
        after(TOKEN_TIMEOUT_MS, tokenFailed("tooSlow", `no token came within ${TOKEN_TIMEOUT_MS / 1_000} s`));
        void authorize(entered);
        return;
      case "opening":
        after(OPEN_TIMEOUT_MS, { type: "failed", problem: unreachable(host) });
        line = open(entered.token);
        return;
      case "waiting":
        after(entered.retryAt - environment.now(), { type: "due" });
        return;
      default:
        entered satisfies never;
    }
  }

  function after(delayMs: number, event: ConnectionEvent): void {
    cancelTimer = environment.schedule(() => dispatch(event), delayMs);
  }

  async function authorize(mine: Phase): Promise<void> {
    const asked = wanted;
    const event = await tokenEvent(options.getToken);
    // The client may have stopped or abandoned this attempt in the meantime.
    if (phase !== mine) return;
    served = asked;
    dispatch(event);
  }

  /** Opens a socket for the connection or for a renewal. Events after `close` are ignored. */
  function open(token: string): HeldLine {
    let isOpen = true;
    const ifOpen =
      <Args extends unknown[]>(act: (...args: Args) => void) =>
      (...args: Args): void => {
        if (isOpen) act(...args);
      };
    const send = (message: ClientMessage): boolean => isOpen && socket.send(encodeClientMessage(message));
    /** The renewal of this socket, until it has taken over. */
    const forRenewal = (): Renewal | null => (renewal?.line === held ? renewal : null);
    const closed = ifOpen((code: number, detail: string) => {
      const mine = forRenewal();
      if (!mine) return onClosed(code, detail);
      if (stopReason(code)) dispatch({ type: "closed", code, detail });
      else renewLater(mine);
    });
    const conversation = options.converse({
      send,
      closed,
      synced: ifOpen(() => {
        const mine = forRenewal();
        if (mine) takeOver(mine);
        else dispatch({ type: "synced" });
      }),
      failed: ifOpen((problem: ConnectionProblem) => {
        const mine = forRenewal();
        if (mine) renewLater(mine);
        else dispatch({ type: "failed", problem });
      }),
    });
    const socket = environment.openSocket(conversation.target(token), {
      message: ifOpen(conversation.receive),
      closed,
    });
    const held = {
      send,
      close() {
        isOpen = false;
        conversation.end();
        socket.close();
      },
    };
    return held;
  }

  function dropLine(): void {
    line?.close();
    line = null;
  }

  function onClosed(code: number, detail: string): void {
    if (code !== CLOSE.replaced || !renewal) return dispatch({ type: "closed", code, detail });
    // The server has replaced this socket by the renewal's before the client did.
    dropLine();
    if (!renewal.line) dispatch({ type: "failed", problem: closedWith(code, detail, host, true) });
  }

  function refreshToken(): void {
    wanted += 1;
    if (phase.name === "waiting") dispatch({ type: "tryNow" });
    // A new name may fix an ended connection, but not one that was stopped or signed out.
    if (phase.name === "stopped" && phase.reason !== "stopped" && phase.reason !== "signedOut")
      dispatch({ type: "tryNow" });
    renewIfDue();
  }

  /** Whether a token is older than the last request for a fresh one. It may contain the old name. */
  function renewIfDue(): void {
    if (phase.name !== "live" || renewal || served === wanted) return;
    renewal = { attempt: 0, asked: wanted, line: null, cancelTimer: () => {} };
    void renew(renewal);
  }

  async function renew(mine: Renewal): Promise<void> {
    mine.asked = wanted;
    const { attempt } = mine;
    mine.cancelTimer = environment.schedule(() => renewLater(mine), TOKEN_TIMEOUT_MS);
    const event = await tokenEvent(options.getToken);
    if (renewal !== mine || mine.attempt !== attempt) return;
    if (event.type === "tokenRefused") return dispatch(event);
    if (event.type !== "token") return renewLater(mine);
    mine.cancelTimer();
    mine.cancelTimer = environment.schedule(() => renewLater(mine), OPEN_TIMEOUT_MS);
    mine.line = open(event.token);
  }

  function renewLater(mine: Renewal): void {
    mine.cancelTimer();
    mine.line?.close();
    mine.line = null;
    mine.attempt += 1;
    if (!line) return dispatch({ type: "failed", problem: unreachable(host) });
    const waitMs = reconnectDelay(mine.attempt, options.waits(), environment.random());
    mine.cancelTimer = environment.schedule(() => void renew(mine), waitMs);
  }

  function takeOver(mine: Renewal): void {
    mine.cancelTimer();
    const replaced = line;
    line = mine.line;
    renewal = null;
    served = mine.asked;
    replaced?.close();
    options.onTakeOver();
    renewIfDue();
  }

  function endRenewal(): void {
    const ended = renewal;
    renewal = null;
    ended?.cancelTimer();
    ended?.line?.close();
  }

  function sayFarewell(): void {
    // The server may serve either of them.
    for (const message of options.farewell()) {
      line?.send(message);
      renewal?.line?.send(message);
    }
  }

  return {
    dispatch,
    phase: () => phase,
    send: (message) => line?.send(message) ?? false,
    refreshToken,
  };
}

async function tokenEvent(getToken: () => Promise<string>): Promise<ConnectionEvent> {
  try {
    const token: unknown = await getToken();
    if (typeof token === "string" && token !== "") return { type: "token", token };
    return tokenFailed("noToken", "getToken resolved with no token: it must resolve with a string");
  } catch (error) {
    if (error instanceof TokenRefusedError) return { type: "tokenRefused", detail: error.message };
    if (error instanceof TokenFailedError) return tokenFailed(error.fault, error.message);
    return tokenFailed(
      "thrown",
      `getToken failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function tokenFailed(fault: TokenFault, detail: string): ConnectionEvent {
  return { type: "failed", problem: { kind: "token", fault, detail } };
}
