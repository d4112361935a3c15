import * as v from "valibot";
import { choicesSchema } from "../shared/choices";
import type { Counts } from "../shared/roster-query";
import { statusNumber, statusOf, STATUSES } from "../shared/statuses";
import type { AdminUser, ConnectionView, Reason, Status, UserPatch, User } from "../shared/terms";

/**
 * A user on the wire. A whole user is a row, `[id, name, status, since, lastSeen, picture, reason, connections,
 * chosen]`, with nulls at its end left out. A change is `[id, status, since]` or `[id, status, since, lastSeen]` if
 * nothing else has changed, otherwise `[id, { changed fields }]`. `status` is a number (`statusNumber`). `since` and
 * `lastSeen` are milliseconds before the message's `now`, which is shorter than an instant. `reason` and `connections`
 * are only for admins, with absolute instants. `chosen` has the choices that differ from the default: `message` and
 * `dnd`, and for admins `availability`, `availabilityUntilAt`, `choseAt` and `hideLastSeen`. For most users it is null.
 */
export type Row = readonly unknown[];

/** Counts on the wire: one number for each status, in the order of `STATUSES`. */
export const countsSchema = v.pipe(
  v.tuple([v.number(), v.number(), v.number()]),
  v.transform(([online, away, offline]): Counts => ({ online, away, offline })),
);

/** Encodes counts. */
export function toCountsRow(counts: Counts): readonly number[] {
  return STATUSES.map((status) => counts[status]);
}

/** Encodes a whole user for a message sent at `now`. */
export function toRow(view: User | AdminUser, now: number): Row {
  const { id, name, status, sinceAt, lastSeenAt, picture } = view;
  const row: unknown[] = [id, name, statusNumber(status), ago(sinceAt, now), ago(lastSeenAt, now), picture];
  if ("connections" in view) row.push(view.reason, view.connections);
  else row.push(null, null);
  row.push(toChosen(view));
  while (row.at(-1) === null) row.pop();
  return row;
}

function toChosen(view: User | AdminUser): Record<string, unknown> | null {
  const { message, dnd } = view;
  const chosen: Record<string, unknown> = {};
  if (message !== null) chosen["message"] = message;
  if (dnd) chosen["dnd"] = true;
  if ("availability" in view) {
    const { availability, availabilityUntilAt, choseAt, hideLastSeen } = view;
    if (availability !== "auto") chosen["availability"] = availability;
    if (availabilityUntilAt !== null) chosen["availabilityUntilAt"] = availabilityUntilAt;
    if (choseAt !== null) chosen["choseAt"] = choseAt;
    if (hideLastSeen) chosen["hideLastSeen"] = true;
  }
  return Object.keys(chosen).length === 0 ? null : chosen;
}

/** Encodes a change of a user for a message sent at `now`. */
export function toPatchRow({ id, ...fields }: UserPatch, now: number): Row {
  const { status, sinceAt, lastSeenAt, ...same } = fields;
  // Most changes are of this kind, and the short form halves their size (SY3).
  if (status !== undefined && sinceAt !== undefined && Object.keys(same).length === 0) {
    const row = [id, statusNumber(status), ago(sinceAt, now)];
    return lastSeenAt === undefined ? row : [...row, ago(lastSeenAt, now)];
  }
  const coded: Record<string, unknown> = same;
  if (status !== undefined) coded["status"] = statusNumber(status);
  if (sinceAt !== undefined) coded["since"] = ago(sinceAt, now);
  if (lastSeenAt !== undefined) coded["lastSeen"] = ago(lastSeenAt, now);
  return [id, coded];
}

function ago(at: number | null, now: number): number | null {
  return at === null ? null : now - at;
}

function instant(ago: unknown, now: number): number | null {
  return ago === null ? null : now - whole(ago);
}

/** Whether a row of a diff is a change and not a whole user. */
export function isPatchRow(row: Row): boolean {
  return typeof row[1] !== "string";
}

/** Decodes a whole user. @throws {TypeError} when the row is not valid */
export function fromRow(row: Row, now: number): User | AdminUser {
  const [
    id,
    name,
    status,
    since = null,
    lastSeen = null,
    picture = null,
    reason = null,
    connections = null,
    chosen = null,
  ] = row;
  const { dnd, message, ...forAdmins } = fromChosen(chosen);
  const view: User = {
    id: text(id),
    name: text(name),
    picture: picture === null ? null : text(picture),
    status: toStatus(status),
    // Only the start of an offline status can be hidden (PR3).
    sinceAt: status === 0 ? instant(since, now) : now - whole(since),
    lastSeenAt: instant(lastSeen, now),
    message,
    dnd,
  };
  if (connections === null) return view;
  return {
    ...view,
    sinceAt: now - whole(since),
    reason: reason as Reason | null,
    connections: list(connections) as readonly ConnectionView[],
    ...forAdmins,
  };
}

const chosenSchema = v.object({
  ...choicesSchema.entries,
  dnd: v.optional(v.boolean(), false),
  choseAt: v.optional(v.nullable(v.number()), null),
});
const NOTHING_CHOSEN = v.parse(chosenSchema, {});

function fromChosen(chosen: unknown): v.InferOutput<typeof chosenSchema> {
  // A shortcut: most users have default choices, and a room has thousands of users.
  if (chosen === null) return NOTHING_CHOSEN;
  const result = v.safeParse(chosenSchema, chosen);
  if (!result.success) throw new TypeError("the choices are not valid");
  return result.output;
}

/** Decodes a change. @throws {TypeError} when the row is not valid */
export function fromPatchRow(row: Row, now: number): UserPatch {
  const [id, coded] = row;
  if (typeof coded === "number") return fromStatusRow(row, now);
  if (typeof coded !== "object" || coded === null) throw new TypeError("a change must be an object");
  const { status, since, lastSeen, name, picture, reason, connections, ...chosen } = coded as Record<
    string,
    unknown
  >;
  const patch: Record<string, unknown> = { id: text(id) };
  if (name !== undefined) patch["name"] = text(name);
  if (picture !== undefined) patch["picture"] = picture === null ? null : text(picture);
  if (reason !== undefined) patch["reason"] = reason;
  if (connections !== undefined) patch["connections"] = list(connections);
  if (status !== undefined) patch["status"] = toStatus(status);
  if (since !== undefined) patch["sinceAt"] = instant(since, now);
  if (lastSeen !== undefined) patch["lastSeenAt"] = instant(lastSeen, now);
  const told = fromChosen(Object.keys(chosen).length === 0 ? null : chosen);
  for (const key of Object.keys(told) as (keyof typeof told)[]) if (key in chosen) patch[key] = told[key];
  return patch as UserPatch;
}

function fromStatusRow([id, status, since, lastSeen]: Row, now: number): UserPatch {
  const patch = { id: text(id), status: toStatus(status), sinceAt: instant(since, now) };
  return lastSeen === undefined ? patch : { ...patch, lastSeenAt: instant(lastSeen, now) };
}

function toStatus(value: unknown): Status {
  const status = statusOf(value);
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
