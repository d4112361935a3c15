import {
  decodeServerMessage,
  type ClientMessage,
  type ErrorCode,
  type ServerMessage,
} from "../../core/wire/protocol";
import type { Applied, RosterMessage } from "../../core/replica/roster";
import type { Cancel, Environment } from "../page/environment";

/** What is said on one socket: follows the diffs, and asks again when it has lost the thread (SY4). */
export interface Session {
  receive(data: unknown): void;
  end(): void;
}

export interface SessionOptions {
  readonly environment: Environment;
  readonly send: (message: ClientMessage) => void;
  readonly apply: (message: RosterMessage) => Applied;
  /** Every message that was understood, before anything else is done with it. */
  readonly onMessage: (message: ServerMessage) => void;
  /** The roster is up to date: a sync, or what was missed, was applied. */
  readonly onSync: (message: ServerMessage & { type: "sync" | "resumed" }) => void;
  readonly onPage: (message: ServerMessage & { type: "page" }) => void;
  /** What the own user has chosen, here or on another page (ST3). */
  readonly onChoices: (message: ServerMessage & { type: "choices" }) => void;
  /** Something that was sent was refused. */
  readonly onRefusal: (code: ErrorCode) => void;
  /** The room has forgotten what is to be heard (VW1). */
  readonly onRescope: () => void;
  readonly onPing: (now: number) => void;
  readonly onEcho: (at: number) => void;
  /** Everything the server sent up to its instant `now` has been applied. */
  readonly onProof: (now: number) => void;
  /** The server is about to close, and says so since its runtime ends the connection much later. */
  readonly onClosing: (code: number, detail: string) => void;
  /** The connection is of no use: begin a new one. */
  readonly onBroken: () => void;
}

/** A sync that was asked for and has not come after this long never will. */
const SYNC_WITHIN_MS = 10_000;

export function createSession(options: SessionOptions): Session {
  // The first sync comes unasked; diffs before it belong to nothing.
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
        // What it said is lost. A sync makes up for it once; a server that goes on like this does not.
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
          // For whoever looks at the socket, too; a connection that keeps failing is closed by the server.
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
