import { encodeClientMessage, type ClientMessage } from "../core/protocol";
import type { Waits } from "./backoff";
import { IDLE, transition, type ConnectionEvent, type Phase } from "./connection";
import type { Cancel, Environment } from "./environment";
import { unreachable, type TokenFault } from "./problem";
import type { Socket, SocketTarget } from "./socket";
import { TokenFailedError, TokenRefusedError } from "./token";

export interface LinkOptions {
  readonly environment: Environment;
  readonly host: string;
  readonly getToken: () => Promise<string>;
  readonly target: (token: string) => SocketTarget;
  /** How long to wait before an attempt to reconnect (HB7). */
  readonly waits: () => Waits;
  /** What to say before the page or the app leaves (GR1). */
  readonly farewell: () => readonly ClientMessage[];
  readonly onMessage: (data: unknown) => void;
  readonly onPhase: (phase: Phase) => void;
}

/** Carries out the connection's state machine: each phase gets its token fetch, its socket, its timer. */
export interface Link {
  readonly dispatch: (event: ConnectionEvent) => void;
  readonly phase: () => Phase;
  /** Sends now or not at all: what is old when the connection is back must not be sent then. */
  readonly send: (message: ClientMessage) => boolean;
}

/** A token that takes longer is given up: the request may hang for ever. */
const TOKEN_TIMEOUT_MS = 15_000;

/** A socket that has not brought a sync after this long never will. */
const OPEN_TIMEOUT_MS = 10_000;

export function createLink(options: LinkOptions): Link {
  const { environment } = options;
  let phase: Phase = IDLE;
  let socket: Socket | null = null;
  let cancelTimer: Cancel = () => {};

  function dispatch(event: ConnectionEvent): void {
    const { host } = options;
    const at = { host, now: environment.now(), random: environment.random(), waits: options.waits() };
    const next = transition(phase, event, at);
    if (next === phase) return;
    if (event.type === "stop" || event.type === "leave")
      for (const message of options.farewell()) send(message);
    cancelTimer();
    // The one passage that keeps what the phase before it held.
    if (next.name !== "live") dropSocket();
    phase = next;
    enter(next);
    options.onPhase(next);
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
        after(OPEN_TIMEOUT_MS, { type: "failed", problem: unreachable(options.host) });
        openSocket(entered.token);
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
    const event = await tokenEvent(options.getToken);
    // The client may have been stopped, or have given this attempt up, in the meantime.
    if (phase === mine) dispatch(event);
  }

  function openSocket(token: string): void {
    const opened = environment.openSocket(options.target(token), {
      message: (data) => {
        if (socket === opened) options.onMessage(data);
      },
      closed: (code, detail) => {
        if (socket === opened) dispatch({ type: "closed", code, detail });
      },
    });
    socket = opened;
  }

  function dropSocket(): void {
    const dropped = socket;
    // Forgotten first: whatever still comes from it is not listened to.
    socket = null;
    dropped?.close();
  }

  function send(message: ClientMessage): boolean {
    return socket?.send(encodeClientMessage(message)) ?? false;
  }

  return { dispatch, send, phase: () => phase };
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
