import * as v from "valibot";
import type { Diff } from "./feed";
import { DEFAULT_LIMITS } from "./limits";
import { fromPatchRow, fromRow, isPatchRow, toPatchRow, toRow, type Row } from "./rows";
import type { AdminUserView, UserView } from "./terms";
import type { UserPatch } from "./views";

/** The version of the wire format. Both sides must speak the same. */
export const PROTOCOL_VERSION = 1;

/** A duration that a client claims. No page is older than a year; the bound keeps arithmetic sane. */
const duration = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(365 * 24 * 3_600_000));
const instant = v.pipe(v.number(), v.finite());
const activityFields = { idleMs: duration, hiddenMs: v.nullable(duration) };

const clientMessage = v.variant("type", [
  v.object({ type: v.literal("pong"), at: instant, ...activityFields }),
  v.object({ type: v.literal("activity"), ...activityFields }),
  v.object({ type: v.literal("probe"), at: instant, ...activityFields }),
  v.object({ type: v.literal("resync") }),
  v.object({ type: v.literal("leaving") }),
  v.object({ type: v.literal("signOut") }),
]);

/** What a client may send. `pong` answers a ping and repeats its `now`; `probe` asks for an `echo` of its `at`. */
export type ClientMessage = v.InferOutput<typeof clientMessage>;

/** What the client needs to know of the server's timings, all in milliseconds. */
export interface ClientTimings {
  readonly intervalMs: number;
  readonly inputPauseMs: number;
  readonly reconnectSpreadMs: number;
  readonly reconnectWithinMs: number;
}

/** Why a message was refused. The connection stays open unless it keeps failing (SE3). */
export type ErrorCode = "malformed" | "tooLarge" | "tooFast" | "notText";

/** What a server may send, as the client understands it: rows are decoded to users. */
export type ServerMessage =
  | ({ readonly type: "sync"; readonly epoch: string; readonly seq: number; readonly now: number } & SyncBody)
  | ({ readonly type: "diff"; readonly now: number } & Diff)
  | { readonly type: "ping"; readonly now: number }
  | { readonly type: "echo"; readonly at: number; readonly now: number }
  | { readonly type: "error"; readonly code: ErrorCode; readonly detail: string }
  /** Sent right before the server closes: this runtime ends the TCP connection only much later (see docs/spec.md). */
  | { readonly type: "closing"; readonly code: number; readonly detail: string };

interface SyncBody {
  readonly self: string;
  readonly timings: ClientTimings;
  readonly users: readonly (UserView | AdminUserView)[];
}

export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

/** Decodes what a client sent, which may be anything (SE3). Never throws. */
export function decodeClientMessage(
  data: unknown,
  maxLength = DEFAULT_LIMITS.messageLength,
): Decoded<ClientMessage> {
  if (typeof data !== "string")
    return { ok: false, code: "notText", detail: "messages are text frames of JSON" };
  if (data.length > maxLength) {
    return {
      ok: false,
      code: "tooLarge",
      detail: `a message may have ${maxLength} characters, this one has ${data.length}`,
    };
  }
  const parsed = parseJson(data);
  if (parsed === undefined) return { ok: false, code: "malformed", detail: "the message is not JSON" };
  const result = v.safeParse(clientMessage, parsed);
  if (result.success) return { ok: true, message: result.output };
  return { ok: false, code: "malformed", detail: describe(result.issues[0]) };
}

/** Encodes what a client sends. */
export function encodeClientMessage(message: ClientMessage): string {
  return JSON.stringify(message);
}

const row = v.custom<Row>((value) => Array.isArray(value));
const serverMessage = v.variant("type", [
  v.object({
    type: v.literal("sync"),
    version: v.literal(PROTOCOL_VERSION),
    self: v.string(),
    timings: v.object({
      intervalMs: v.number(),
      inputPauseMs: v.number(),
      reconnectSpreadMs: v.number(),
      reconnectWithinMs: v.number(),
    }),
    epoch: v.string(),
    seq: v.number(),
    now: instant,
    users: v.array(row),
  }),
  v.object({
    type: v.literal("diff"),
    seq: v.number(),
    now: instant,
    users: v.array(row),
    removed: v.optional(v.array(v.string()), []),
  }),
  v.object({ type: v.literal("ping"), now: instant }),
  v.object({ type: v.literal("echo"), at: instant, now: instant }),
  v.object({
    type: v.literal("error"),
    code: v.picklist(["malformed", "tooLarge", "tooFast", "notText"]),
    detail: v.string(),
  }),
  v.object({ type: v.literal("closing"), code: v.number(), detail: v.string() }),
]);

/** Decodes what a server sent. Returns null for what this version does not understand. Never throws. */
export function decodeServerMessage(data: unknown): ServerMessage | null {
  const parsed = typeof data === "string" ? parseJson(data) : undefined;
  const result = v.safeParse(serverMessage, parsed);
  if (!result.success) return null;
  const message = result.output;
  try {
    if (message.type === "sync") {
      const { version: _, users, ...rest } = message;
      return { ...rest, users: users.map((each) => fromRow(each, message.now)) };
    }
    if (message.type === "diff") return toDiff(message);
    return message;
  } catch {
    return null;
  }
}

function toDiff(message: v.InferOutput<typeof serverMessage> & { type: "diff" }): ServerMessage {
  const { seq, now, removed } = message;
  const added: UserView[] = [];
  const changed: UserPatch[] = [];
  for (const each of message.users) {
    if (isPatchRow(each)) changed.push(fromPatchRow(each, now));
    else added.push(fromRow(each, now));
  }
  return { type: "diff", seq, now, added, changed, removed };
}

/** The part of a sync that is the same for everybody of an audience, encoded once for all of them (SY2). */
export interface SharedSync {
  readonly epoch: string;
  readonly seq: number;
  readonly now: number;
  readonly timings: ClientTimings;
  readonly users: Iterable<UserView | AdminUserView>;
}

/** Encodes the shared part of a sync; `encodeSync` makes it a message. */
export function encodeSharedSync({ users, now, ...head }: SharedSync): string {
  const rows: Row[] = [];
  for (const view of users) rows.push(toRow(view, now));
  return JSON.stringify({ ...head, now, users: rows }).slice(1);
}

/** Encodes a sync for the connection of one user (SY1). */
export function encodeSync(self: string, shared: string): string {
  return `{"type":"sync","version":${PROTOCOL_VERSION},"self":${JSON.stringify(self)},${shared}`;
}

/** Encodes a diff told at `now`, once for all who may see it (SY2). */
export function encodeDiff({ seq, added, changed, removed }: Diff, now: number): string {
  const users = [...added.map((view) => toRow(view, now)), ...changed.map((patch) => toPatchRow(patch, now))];
  return JSON.stringify({ type: "diff", seq, now, users, ...(removed.length > 0 && { removed }) });
}

/** Encodes the small messages of the server. */
export function encodeServerMessage(
  message: ServerMessage & { type: "ping" | "echo" | "error" | "closing" },
): string {
  return JSON.stringify(message);
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => String(item.key)).join(".");
  return path ? `${path}: ${issue.message}` : issue.message;
}
