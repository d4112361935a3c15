import {
  decodeServerMessage,
  type ClientMessage,
  type ErrorCode,
  type ServerMessage,
} from "../../core/wire/protocol";
import type { Applied, RosterMessage } from "../../core/replica/roster";
import type { Cancel, Environment } from "../page/environment";

/** The conversation on one socket. Applies the diffs, and requests a sync when one is missing (SY4). */
export interface Session {
  receive(data: unknown): void;
  end(): void;
}

export interface SessionOptions {
  readonly environment: Environment;
  readonly send: (message: ClientMessage) => void;
  readonly apply: (message: RosterMessage) => Applied;
  /** Gets every valid message, before it is handled. */
  readonly onMessage: (message: ServerMessage) => void;
  /** The roster is up to date: a sync or the missed changes were applied. */
  readonly onSync: (message: ServerMessage & { type: "sync" | "resumed" }) => void;
  readonly onPage: (message: ServerMessage & { type: "page" }) => void;
  /** The own user's choices have changed, here or on another page (ST3). */
  readonly onChoices: (message: ServerMessage & { type: "choices" }) => void;
  /** The server refused a message. */
  readonly onRefusal: (code: ErrorCode) => void;
  /** The room needs the scope again (VW1). */
  readonly onRescope: () => void;
  readonly onPing: (now: number) => void;
  readonly onEcho: (at: number) => void;
  /** All messages until the server's instant `now` are applied. */
  readonly onProof: (now: number) => void;
  /** The server is about to close. It announces that, because its runtime ends the connection much later. */
  readonly onClosing: (code: number, detail: string) => void;
  /** The connection is useless. A new one is needed. */
  readonly onBroken: () => void;
}

/** A requested sync that has not arrived after this time will not arrive. */
const SYNC_WITHIN_MS = 10_000;

export function createSession(options: SessionOptions): Session {
  // The first sync comes without a request. Diffs before it are ignored.
  let following = false;
  let misunderstood = false;
  let cancelDeadline: Cancel = () => {};

  function resync(): void {
    following = false;
    cancelDeadline();
    cancelDeadline = options.environment.schedule(options.onBroken, SYNC_WITHIN_MS);
    options.send({ type: "resync" });
  }

  function follow(message: RosterMessage): void {
    const begins = message.type === "sync" || message.type === "resumed";
    if (!begins && !following) return;
    if (options.apply(message).kind === "gap") return resync();
    if (message.type === "page") options.onPage(message);
    if (!begins) return;
    following = true;
    cancelDeadline();
    options.onSync(message);
  }

  return {
    receive(data) {
      const message = decodeServerMessage(data);
      if (!message) {
        // The message is lost. One sync repairs that, but not a server that keeps sending such messages.
        if (misunderstood) return options.onBroken();
        misunderstood = true;
        return resync();
      }
      options.onMessage(message);
      switch (message.type) {
        case "sync":
        case "resumed":
        case "diff":
        case "page":
          follow(message);
          return;
        case "choices":
          options.onChoices(message);
          return;
        case "rescope":
          options.onRescope();
          return;
        case "ping":
          options.onPing(message.now);
          if (following) options.onProof(message.now);
          return;
        case "echo":
          options.onEcho(message.at);
          if (following) options.onProof(message.now);
          return;
        case "error":
          // Visible on the socket too. The server closes a connection that keeps failing.
          options.onRefusal(message.code);
          return;
        case "closing":
          options.onClosing(message.code, message.detail);
          return;
        default:
          message satisfies never;
      }
    },
    end: () => cancelDeadline(),
  };
}
