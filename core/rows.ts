import type { AdminUserView, ConnectionView, Reason, Status, UserView } from "./terms";
import type { UserPatch } from "./views";

/**
 * Users on the wire. A whole user is a row, `[id, name, status, since, lastSeen, picture, reason,
 * connections]` with nulls at its end left out; a change is `[id, { changed fields }]`. `status` is 0
 * offline, 1 away, 2 online; `since` and `lastSeen` count milliseconds back from the message's `now`,
 * which is shorter than an instant and the same for everybody who gets the message. The fields from
 * `reason` on are sent to admins only, with absolute instants.
 */
export type Row = readonly unknown[];

const STATUSES: readonly Status[] = ["offline", "away", "online"];

/** Encodes a whole user, told at `now`. */
export function toRow(view: UserView | AdminUserView, now: number): Row {
  const { id, name, status, sinceAt, lastSeenAt, picture } = view;
  const row: unknown[] = [id, name, STATUSES.indexOf(status), now - sinceAt, ago(lastSeenAt, now), picture];
  if ("connections" in view) row.push(view.reason, view.connections);
  while (row.at(-1) === null) row.pop();
  return row;
}

/** Encodes what changed of a user, told at `now`. */
export function toPatchRow({ id, ...fields }: UserPatch, now: number): Row {
  const { status, sinceAt, lastSeenAt, ...same } = fields;
  const coded: Record<string, unknown> = same;
  if (status !== undefined) coded["status"] = STATUSES.indexOf(status);
  if (sinceAt !== undefined) coded["since"] = now - sinceAt;
  if (lastSeenAt !== undefined) coded["lastSeen"] = ago(lastSeenAt, now);
  return [id, coded];
}

function ago(at: number | null, now: number): number | null {
  return at === null ? null : now - at;
}

/** Whether a row in a diff is a change and not a whole user. */
export function isPatchRow(row: Row): boolean {
  return typeof row[1] === "object";
}

/** Decodes a whole user. @throws {TypeError} when the row is none. */
export function fromRow(row: Row, now: number): UserView | AdminUserView {
  const [id, name, status, since, lastSeen = null, picture = null, reason = null, connections] = row;
  const view: UserView = {
    id: text(id),
    name: text(name),
    picture: picture === null ? null : text(picture),
    status: toStatus(status),
    sinceAt: now - whole(since),
    lastSeenAt: lastSeen === null ? null : now - whole(lastSeen),
  };
  if (connections === undefined) return view;
  return {
    ...view,
    reason: reason as Reason | null,
    connections: list(connections) as readonly ConnectionView[],
  };
}

/** Decodes a change. @throws {TypeError} when the row is none. */
export function fromPatchRow(row: Row, now: number): UserPatch {
  const [id, coded] = row;
  if (typeof coded !== "object" || coded === null) throw new TypeError("a change must be an object");
  const { status, since, lastSeen, name, picture, reason, connections } = coded as Record<string, unknown>;
  const patch: Record<string, unknown> = { id: text(id) };
  if (name !== undefined) patch["name"] = text(name);
  if (picture !== undefined) patch["picture"] = picture === null ? null : text(picture);
  if (reason !== undefined) patch["reason"] = reason;
  if (connections !== undefined) patch["connections"] = list(connections);
  if (status !== undefined) patch["status"] = toStatus(status);
  if (since !== undefined) patch["sinceAt"] = now - whole(since);
  if (lastSeen !== undefined) patch["lastSeenAt"] = lastSeen === null ? null : now - whole(lastSeen);
  return patch as UserPatch;
}

function toStatus(value: unknown): Status {
  const status = STATUSES[whole(value)];
  if (status === undefined) throw new TypeError(`no such status: ${String(value)}`);
  return status;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("expected a string");
  return value;
}

function whole(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError("expected a number");
  return value;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("expected a list");
  return value;
}
