import { isDefault } from "../shared/choices";
import type { Diff, Missed } from "../shared/diff";
import { toBody } from "./deflate";
import { toFrame, type Body, type Frame } from "./frames";
import { PROTOCOL_VERSION, type ClientTimings, type ServerMessage } from "./protocol";
import type { Counts } from "../shared/roster-query";
import { toCountsRow, toPatchRow, toRow } from "./rows";
import type { Mode } from "../shared/scope";
import type { AdminUser, Choices, User } from "../shared/terms";

/*
 * Encodes the server's messages. Large messages are built from parts, so that a part which is the same for many readers
 * is encoded once: a row for everybody who hears about that user, a sync except for the reader's own fields.
 */

/** The part of a sync that is the same for all readers of one scope and audience (SY2). */
export interface SharedSync {
  readonly epoch: string;
  readonly seq: number;
  readonly now: number;
  readonly timings: ClientTimings;
  readonly mode: Mode;
  /** In the modes that have counts. */
  readonly counts?: Counts | undefined;
  readonly users: Iterable<User | AdminUser>;
}

/** Encodes the shared part of a sync; `encodeSync` makes it a message. */
export function encodeSharedSync({ users, counts, now, ...head }: SharedSync): Body {
  const rows = Array.from(users, (view) => toRow(view, now));
  const shared = { ...head, now, ...(counts && { counts: toCountsRow(counts) }), users: rows };
  return toBody(JSON.stringify(shared).slice(1));
}

/** The reader of a message and their choices; null for an observer, who cannot choose. */
export interface Reader {
  readonly userId: string;
  readonly choices: Choices | null;
}

/** Encodes a sync for one reader (SY1). */
export function encodeSync(reader: Reader, shared: Body): Frame {
  return toFrame(`{"type":"sync","version":${PROTOCOL_VERSION},${encodeReader(reader)},`, shared);
}

/** Encodes the shared part of what a client missed, sent at `now` (SY4). */
export function encodeSharedResumed({ from, seq, users, removed }: Missed, now: number): Body {
  const rows = users.map((view) => toRow(view, now));
  const shared = { from, seq, now, users: rows, ...(removed.length > 0 && { removed }) };
  return toBody(JSON.stringify(shared).slice(1));
}

/** Encodes what a client missed for one reader (SY4). */
export function encodeResumed(reader: Reader, shared: Body): Frame {
  return toFrame(`{"type":"resumed",${encodeReader(reader)},`, shared);
}

/** Default choices are left out. */
function encodeReader({ userId, choices }: Reader): string {
  const self = `"self":${JSON.stringify(userId)}`;
  return choices === null || isDefault(choices) ? self : `${self},"choices":${JSON.stringify(choices)}`;
}

/** The rows of a diff sent at `now`, each encoded once, by user id. Removed users have none. */
export function encodeDiffRows({ added, changed }: Diff, now: number): Map<string, string> {
  const rows = new Map<string, string>();
  for (const view of added) rows.set(view.id, JSON.stringify(toRow(view, now)));
  for (const patch of changed) rows.set(patch.id, JSON.stringify(toPatchRow(patch, now)));
  return rows;
}

/** Encodes a diff sent at `now`, once for all who hear about everybody (SY2). */
export function encodeDiff(diff: Diff, now: number, rows = encodeDiffRows(diff, now)): Frame {
  const { seq, removed } = diff;
  return encodeDiffPart({ seq, now, rows: rows.values(), removed, counts: null });
}

/** The part of a diff for connections that do not hear about everybody. */
export interface DiffPart {
  readonly seq: number;
  readonly now: number;
  /** Encoded by `encodeDiffRows`. */
  readonly rows: Iterable<string>;
  readonly removed: readonly string[];
  /** In the modes that have counts, if they have changed; else null. */
  readonly counts: Counts | null;
}

/** Encodes a part of a diff, once for all connections that hear the same part (VW1). */
export function encodeDiffPart({ seq, now, rows, removed, counts }: DiffPart): Frame {
  const users = `"users":[${[...rows].join(",")}]`;
  const rest = removed.length > 0 ? `,"removed":${JSON.stringify(removed)}` : "";
  const summary = counts ? `,"counts":${JSON.stringify(toCountsRow(counts))}` : "";
  return toFrame("", toBody(`{"type":"diff","seq":${seq},"now":${now},${users}${rest}${summary}}`));
}

/** Encodes a page (VW2). */
export function encodePage(page: ServerMessage & { type: "page" }): Frame {
  const text = JSON.stringify({ ...page, users: page.users.map((view) => toRow(view, page.now)) });
  return toFrame("", toBody(text));
}

/** Encodes the small messages of the server. */
export function encodeServerMessage(
  message: ServerMessage & { type: "ping" | "echo" | "error" | "closing" | "rescope" | "choices" },
): string {
  return JSON.stringify(message);
}
