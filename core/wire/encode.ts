import { isDefault } from "../shared/choices";
import type { Diff, Missed } from "../shared/diff";
import { toBody } from "./deflate";
import { toFrame, type Body, type Frame } from "./frames";
import { PROTOCOL_VERSION, type ClientTimings, type ServerMessage } from "./protocol";
import type { Counts } from "../shared/roster-query";
import { toCountsRow, toPatchRow, toRow } from "./rows";
import type { Mode } from "../shared/scope";
import type { AdminUserView, Choices, UserView } from "../shared/terms";

/*
 * What a server sends. The large messages are put together from texts, so that what is the same for many is
 * encoded once for all of them: a row for everybody who hears of that user, a sync but for its reader's id.
 */

/** The part of a sync that is the same for everybody who hears the same (SY2). */
export interface SharedSync {
  readonly epoch: string;
  readonly seq: number;
  readonly now: number;
  readonly timings: ClientTimings;
  readonly mode: Mode;
  /** For those who do not hear of everybody. */
  readonly counts?: Counts | undefined;
  readonly users: Iterable<UserView | AdminUserView>;
}

/** Encodes the shared part of a sync; `encodeSync` makes it a message. */
export function encodeSharedSync({ users, counts, now, ...head }: SharedSync): Body {
  const rows = Array.from(users, (view) => toRow(view, now));
  const shared = { ...head, now, ...(counts && { counts: toCountsRow(counts) }), users: rows };
  return toBody(JSON.stringify(shared).slice(1));
}

/** Whose connection a message is for, and what its user chose: null for an observer, who has nothing to choose for. */
export interface Reader {
  readonly userId: string;
  readonly choices: Choices | null;
}

/** Encodes a sync for the connection of one user (SY1). */
export function encodeSync(reader: Reader, shared: Body): Frame {
  return toFrame(`{"type":"sync","version":${PROTOCOL_VERSION},${encodeReader(reader)},`, shared);
}

/** Encodes what a client has missed but for its reader's id, told at `now` (SY4). */
export function encodeSharedResumed({ from, seq, users, removed }: Missed, now: number): Body {
  const rows = users.map((view) => toRow(view, now));
  const shared = { from, seq, now, users: rows, ...(removed.length > 0 && { removed }) };
  return toBody(JSON.stringify(shared).slice(1));
}

/** Makes it a message for the connection of one user. */
export function encodeResumed(reader: Reader, shared: Body): Frame {
  return toFrame(`{"type":"resumed",${encodeReader(reader)},`, shared);
}

/** Who has chosen nothing is told nothing. */
function encodeReader({ userId, choices }: Reader): string {
  const self = `"self":${JSON.stringify(userId)}`;
  return choices === null || isDefault(choices) ? self : `${self},"choices":${JSON.stringify(choices)}`;
}

/** The rows of a diff told at `now`, each encoded once, by the ids of their users; those removed have none. */
export function encodeDiffRows({ added, changed }: Diff, now: number): Map<string, string> {
  const rows = new Map<string, string>();
  for (const view of added) rows.set(view.id, JSON.stringify(toRow(view, now)));
  for (const patch of changed) rows.set(patch.id, JSON.stringify(toPatchRow(patch, now)));
  return rows;
}

/** Encodes a diff told at `now`, once for all who hear of everybody (SY2). */
export function encodeDiff(diff: Diff, now: number, rows = encodeDiffRows(diff, now)): Frame {
  const { seq, removed } = diff;
  return encodeDiffPart({ seq, now, rows: rows.values(), removed, counts: null });
}

/** What of a diff goes to some. */
export interface DiffPart {
  readonly seq: number;
  readonly now: number;
  /** Encoded by `encodeDiffRows`. */
  readonly rows: Iterable<string>;
  readonly removed: readonly string[];
  /** For those who do not hear of everybody, when they have changed. */
  readonly counts: Counts | null;
}

/** Encodes the part of a diff that some may hear, once for all of them (VW1). */
export function encodeDiffPart({ seq, now, rows, removed, counts }: DiffPart): Frame {
  const users = `"users":[${[...rows].join(",")}]`;
  const rest = removed.length > 0 ? `,"removed":${JSON.stringify(removed)}` : "";
  const summary = counts ? `,"counts":${JSON.stringify(toCountsRow(counts))}` : "";
  return toFrame("", toBody(`{"type":"diff","seq":${seq},"now":${now},${users}${rest}${summary}}`));
}

/** Encodes a page that was asked for (VW2), told at `now`. */
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
