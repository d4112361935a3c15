import * as v from "valibot";
import { choicesSchema, chooseMessageSchema, DEFAULT_CHOICES } from "../shared/choices";
import type { Diff, Missed } from "../shared/diff";
import { DEFAULT_LIMITS, LONGEST_DURATION_MS, type Limits } from "../shared/limits";
import { pageQuerySchema } from "../shared/page-query";
import type { Counts } from "../shared/roster-query";
import { MODES, scopeMessageSchema, type Mode } from "../shared/scope";
import { countsSchema, fromPatchRow, fromRow, isPatchRow, type Row } from "./rows";
import type { AdminUser, Choices, UserPatch, User } from "../shared/terms";
import { lengthOf } from "../shared/text";

/** The version of the wire format. Both sides must have the same. */
export const PROTOCOL_VERSION = 3;

/** A duration that a client reports, rounded to whole milliseconds. The bound keeps arithmetic exact. */
const duration = v.pipe(v.number(), v.minValue(0), v.maxValue(LONGEST_DURATION_MS), v.transform(Math.round));
const instant = v.pipe(v.number(), v.finite());
const activityFields = { idleMs: duration, hiddenMs: v.nullable(duration) };

const clientMessage = v.variant("type", [
  v.object({ type: v.literal("pong"), at: instant, ...activityFields }),
  v.object({ type: v.literal("activity"), ...activityFields }),
  v.object({ type: v.literal("probe"), at: instant, ...activityFields }),
  v.object({ type: v.literal("resync") }),
  scopeMessageSchema,
  v.object({ type: v.literal("page"), request: v.pipe(v.number(), v.safeInteger()), query: pageQuerySchema }),
  chooseMessageSchema,
  v.object({ type: v.literal("leaving") }),
  v.object({ type: v.literal("signOut") }),
]);

/**
 * A message from a client. `pong` answers a ping and repeats its `now`; `probe` asks for an `echo` of its `at`; `scope`
 * changes what it hears (VW1); `page` asks for rows of a roster that is not sent whole (VW2); `choose` changes its
 * user's choices (ST3, ST4, PR3).
 */
export type ClientMessage = v.InferOutput<typeof clientMessage>;

/** The server's timings that a client needs. */
export interface ClientTimings {
  readonly intervalMs: number;
  readonly inputPauseMs: number;
  readonly reconnectSpreadMs: number;
  readonly reconnectWithinMs: number;
}

/** Why a message was refused. The connection stays open unless it keeps failing (SE3). */
export type ErrorCode = (typeof ERROR_CODES)[number];

const ERROR_CODES = [
  "malformed",
  "tooLarge",
  "tooManyIds",
  "statusTooLong",
  "tooFast",
  "notText",
  "noPages",
] as const;

/** An error in the message itself. `noPages` depends on the connection's mode, and does not count as a failure. */
export type MessageFault = Exclude<ErrorCode, "noPages">;

/** A message from the server, with its rows decoded to users. */
export type ServerMessage =
  | ({ readonly type: "sync"; readonly epoch: string; readonly seq: number; readonly now: number } & SyncBody)
  /** The changes that the client missed after `from`; `users` are whole (SY4). */
  | ({
      readonly type: "resumed";
      readonly now: number;
      readonly self: string;
      readonly choices: Choices;
    } & Missed)
  /** The own user's choices, made on any tab; with `request` it answers that `choose`. */
  | ({ readonly type: "choices"; readonly request?: number | undefined } & Choices)
  /** `counts` is null in the modes without counts, and if they have not changed. */
  | ({ readonly type: "diff"; readonly now: number; readonly counts: Counts | null } & Diff)
  /**
   * The answer to `page`. From now on the client hears about these users. `total` is the number of all matching users.
   */
  | {
      readonly type: "page";
      readonly request: number;
      readonly seq: number;
      readonly now: number;
      readonly total: number;
      readonly users: readonly (User | AdminUser)[];
    }
  /** The room has hibernated and asks for the scope again. */
  | { readonly type: "rescope" }
  | { readonly type: "ping"; readonly now: number }
  | { readonly type: "echo"; readonly at: number; readonly now: number }
  /** `request` is that of the refused `page`. */
  | {
      readonly type: "error";
      readonly code: ErrorCode;
      readonly detail: string;
      readonly request?: number | undefined;
    }
  /**
   * Sent right before the server closes, because the runtime ends the TCP connection only much later (docs/spec.md).
   */
  | { readonly type: "closing"; readonly code: number; readonly detail: string };

interface SyncBody {
  readonly self: string;
  /** The own user's choices, which nobody else is told (PR2). */
  readonly choices: Choices;
  readonly timings: ClientTimings;
  readonly mode: Mode;
  /** The counts, in the modes that have counts; else null. */
  readonly counts: Counts | null;
  readonly users: readonly (User | AdminUser)[];
}

export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly code: MessageFault; readonly detail: string };

type MessageLimits = Pick<Limits, "messageLength" | "watchedIds" | "statusLength">;

/** Decodes any data from a client (SE3). Never throws. */
export function decodeClientMessage(
  data: unknown,
  { messageLength, watchedIds, statusLength }: MessageLimits = DEFAULT_LIMITS,
): Decoded<ClientMessage> {
  if (typeof data !== "string")
    return { ok: false, code: "notText", detail: "messages are text frames of JSON" };
  if (data.length > messageLength) {
    return {
      ok: false,
      code: "tooLarge",
      detail: `a message may have ${messageLength} characters, this one has ${data.length}`,
    };
  }
  const parsed = parseJson(data);
  if (parsed === undefined) return { ok: false, code: "malformed", detail: "the message is not JSON" };
  const result = v.safeParse(clientMessage, parsed);
  if (!result.success) return { ok: false, code: "malformed", detail: describe(result.issues[0]) };
  const message = result.output;
  if (message.type === "scope" && message.scope === "users" && message.ids.length > watchedIds)
    return { ok: false, code: "tooManyIds", detail: `a watch list may have ${watchedIds} ids` };
  if (message.type === "choose" && lengthOf(message.message?.text ?? "") > statusLength)
    return {
      ok: false,
      code: "statusTooLong",
      detail: `a status message may have ${statusLength} characters`,
    };
  return { ok: true, message };
}

/** Encodes a message from a client. */
export function encodeClientMessage(message: ClientMessage): string {
  return JSON.stringify(message);
}

const row = v.custom<Row>((value) => Array.isArray(value));
const serverMessage = v.variant("type", [
  v.object({
    type: v.literal("sync"),
    version: v.literal(PROTOCOL_VERSION),
    self: v.string(),
    choices: v.optional(choicesSchema, DEFAULT_CHOICES),
    timings: v.object({
      intervalMs: v.number(),
      inputPauseMs: v.number(),
      reconnectSpreadMs: v.number(),
      reconnectWithinMs: v.number(),
    }),
    epoch: v.string(),
    seq: v.number(),
    now: instant,
    mode: v.optional(v.picklist(MODES), "roster"),
    counts: v.optional(countsSchema),
    users: v.array(row),
  }),
  v.object({
    type: v.literal("resumed"),
    self: v.string(),
    choices: v.optional(choicesSchema, DEFAULT_CHOICES),
    from: v.number(),
    seq: v.number(),
    now: instant,
    users: v.array(row),
    removed: v.optional(v.array(v.string()), []),
  }),
  v.object({
    type: v.literal("diff"),
    seq: v.number(),
    now: instant,
    users: v.optional(v.array(row), []),
    removed: v.optional(v.array(v.string()), []),
    counts: v.optional(countsSchema),
  }),
  v.object({
    type: v.literal("page"),
    request: v.number(),
    seq: v.number(),
    now: instant,
    total: v.number(),
    users: v.array(row),
  }),
  v.object({ type: v.literal("choices"), request: v.optional(v.number()), ...choicesSchema.entries }),
  v.object({ type: v.literal("rescope") }),
  v.object({ type: v.literal("ping"), now: instant }),
  v.object({ type: v.literal("echo"), at: instant, now: instant }),
  v.object({
    type: v.literal("error"),
    // A later server may have more codes (docs/spec.md).
    code: v.fallback(v.picklist(ERROR_CODES), "malformed"),
    detail: v.string(),
    request: v.optional(v.number()),
  }),
  v.object({ type: v.literal("closing"), code: v.number(), detail: v.string() }),
]);

/** Decodes a message from a server. Returns null if this version does not understand it. Never throws. */
export function decodeServerMessage(data: unknown): ServerMessage | null {
  const parsed = typeof data === "string" ? parseJson(data) : undefined;
  const result = v.safeParse(serverMessage, parsed);
  if (!result.success) return null;
  const message = result.output;
  try {
    switch (message.type) {
      case "sync": {
        const { version: _, counts = null, ...rest } = message;
        return { ...rest, counts, users: decodeRows(message) };
      }
      case "resumed":
      case "page":
        return { ...message, users: decodeRows(message) };
      case "diff":
        return toDiff(message);
      default:
        return message;
    }
  } catch {
    return null;
  }
}

function decodeRows({ users, now }: { users: readonly Row[]; now: number }): (User | AdminUser)[] {
  return users.map((each) => fromRow(each, now));
}

function toDiff(message: v.InferOutput<typeof serverMessage> & { type: "diff" }): ServerMessage {
  const { seq, now, removed, counts = null } = message;
  const added: User[] = [];
  const changed: UserPatch[] = [];
  for (const each of message.users) {
    if (isPatchRow(each)) changed.push(fromPatchRow(each, now));
    else added.push(fromRow(each, now));
  }
  return { type: "diff", seq, now, added, changed, removed, counts };
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** The most characters of an error's detail. */
const DETAIL_LENGTH = 200;

function describe(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => String(item.key)).join(".");
  // The issue's message repeats the input, which may be long.
  const detail = path ? `${path}: ${issue.message}` : issue.message;
  return detail.length > DETAIL_LENGTH ? `${detail.slice(0, DETAIL_LENGTH)}…` : detail;
}
