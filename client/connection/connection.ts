import { CLOSE, stopReason, type StopReason } from "../../core/shared/close-codes";
import { attemptAfterLoss, hurriedDelay, reconnectDelay, type Waits } from "./backoff";
import { closedWith, LEFT, type ConnectionProblem } from "./problem";

/**
 * The connection as the app sees it. Instants are the server's. `retryAt` is null during an attempt. `problem` says why
 * the last attempt failed, or what ended the connection.
 */
export type ConnectionState =
  | { readonly status: "idle" }
  | { readonly status: "connecting" }
  | { readonly status: "live" }
  | {
      readonly status: "reconnecting";
      readonly sinceAt: number;
      readonly attempt: number;
      readonly retryAt: number | null;
      readonly problem: ConnectionProblem;
    }
  | {
      readonly status: "stopped";
      readonly reason: StopReason;
      readonly code: number | null;
      readonly detail: string;
    };

/** Attempt 0 is the first connect. `lost` says when and why the connection was lost; null before the first. */
interface Trial {
  readonly attempt: number;
  readonly lost: { readonly at: number; readonly problem: ConnectionProblem } | null;
}

/** The connection's state machine. A phase owns the resources in its name, and no others. Instants are the client's. */
export type Phase =
  | { readonly name: "idle" }
  /** A token is being fetched. */
  | { readonly name: "authorizing"; readonly trial: Trial }
  /** A socket exists, but the first sync has not arrived. */
  | { readonly name: "opening"; readonly trial: Trial; readonly token: string }
  /** A socket exists, and its first sync has arrived. */
  | { readonly name: "live"; readonly attempt: number; readonly liveAt: number }
  /** A timer runs. The next attempt follows. */
  | { readonly name: "waiting"; readonly trial: Trial; readonly retryAt: number }
  | {
      readonly name: "stopped";
      readonly reason: StopReason;
      readonly code: number | null;
      readonly detail: string;
    };

export type ConnectionEvent =
  | { readonly type: "start" }
  | { readonly type: "stop" }
  /** The app wants an attempt now. */
  | { readonly type: "tryNow" }
  /** The wait is over. */
  | { readonly type: "due" }
  /** The machine woke or the network returned. This may cut a wait short. */
  | { readonly type: "hurry" }
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "tokenRefused"; readonly detail: string }
  | { readonly type: "synced" }
  /** An attempt or the connection failed without a message from the server. */
  | { readonly type: "failed"; readonly problem: ConnectionProblem }
  /** The other side closed the socket. */
  | { readonly type: "closed"; readonly code: number; readonly detail: string }
  /** The page is unloaded, or goes into the back/forward cache. */
  | { readonly type: "leave" }
  | { readonly type: "signedOut" };

/** The clock, the randomness and the settings at an event. */
export interface Circumstances {
  readonly host: string;
  readonly now: number;
  readonly random: number;
  readonly waits: Waits;
}

export const IDLE: Phase = { name: "idle" };

/** A page that still runs this long after it announced that it leaves has not left. */
const LEFT_FOR_MS = 5_000;

/** Returns the phase after an event. It is the same object if the event has no effect. */
export function transition(phase: Phase, event: ConnectionEvent, at: Circumstances): Phase {
  switch (event.type) {
    case "start":
      return phase.name === "idle" || (phase.name === "stopped" && phase.reason === "stopped")
        ? firstTry()
        : phase;
    case "stop":
      if (phase.name === "idle" || (phase.name === "stopped" && phase.reason === "stopped")) return phase;
      return { name: "stopped", reason: "stopped", code: null, detail: "the client was stopped" };
    case "tryNow":
      if (phase.name === "idle" || phase.name === "stopped") return firstTry();
      return phase.name === "waiting" ? { name: "authorizing", trial: phase.trial } : phase;
    case "due":
      return phase.name === "waiting" ? { name: "authorizing", trial: phase.trial } : phase;
    case "hurry":
      if (phase.name !== "waiting") return phase;
      return { ...phase, retryAt: at.now + hurriedDelay(phase.retryAt - at.now, at.random) };
    case "token":
      return phase.name === "authorizing"
        ? { name: "opening", trial: phase.trial, token: event.token }
        : phase;
    case "tokenRefused":
      // The app has another name, so the live connection fetches a fresh token.
      if (phase.name !== "authorizing" && phase.name !== "live") return phase;
      return { name: "stopped", reason: "tokenRefused", code: null, detail: event.detail };
    case "synced":
      return phase.name === "opening"
        ? { name: "live", attempt: phase.trial.attempt, liveAt: at.now }
        : phase;
    case "failed":
      return retry(phase, event.problem, at);
    case "closed": {
      if (phase.name !== "opening" && phase.name !== "live") return phase;
      const { code, detail } = event;
      const reason = stopReason(code);
      if (reason) return { name: "stopped", reason, code, detail };
      return retry(phase, closedWith(code, detail, at.host, phase.name === "live"), at);
    }
    case "leave": {
      const waiting = phase.name === "waiting" ? phase : retry(phase, LEFT, at);
      return waiting.name === "waiting" ? { ...waiting, retryAt: at.now + LEFT_FOR_MS } : waiting;
    }
    case "signedOut":
      return { name: "stopped", reason: "signedOut", code: CLOSE.signedOut, detail: "signed out" };
    default:
      return event satisfies never;
  }
}

function firstTry(): Phase {
  return { name: "authorizing", trial: { attempt: 0, lost: null } };
}

function retry(phase: Phase, problem: ConnectionProblem, at: Circumstances): Phase {
  switch (phase.name) {
    case "idle":
    case "waiting":
    case "stopped":
      return phase;
    case "authorizing":
    case "opening":
      return waitFor(
        { attempt: phase.trial.attempt + 1, lost: { at: phase.trial.lost?.at ?? at.now, problem } },
        at,
      );
    case "live":
      return waitFor(
        { attempt: attemptAfterLoss(phase.attempt, at.now - phase.liveAt), lost: { at: at.now, problem } },
        at,
      );
    default:
      return phase satisfies never;
  }
}

function waitFor(trial: Trial, { now, waits, random }: Circumstances): Phase {
  return { name: "waiting", trial, retryAt: now + reconnectDelay(trial.attempt, waits, random) };
}

/** Returns the phase as the app sees it. `toServer` converts the client's instants to the server's (SY5). */
export function toConnectionState(phase: Phase, toServer: (at: number) => number): ConnectionState {
  switch (phase.name) {
    case "idle":
      return { status: "idle" };
    case "live":
      return { status: "live" };
    case "authorizing":
    case "opening":
    case "waiting": {
      const { attempt, lost } = phase.trial;
      if (lost === null) return { status: "connecting" };
      const retryAt = phase.name === "waiting" ? toServer(phase.retryAt) : null;
      return { status: "reconnecting", sinceAt: toServer(lost.at), attempt, retryAt, problem: lost.problem };
    }
    case "stopped":
      return { status: "stopped", reason: phase.reason, code: phase.code, detail: phase.detail };
    default:
      return phase satisfies never;
  }
}
