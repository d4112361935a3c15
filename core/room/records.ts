import { DEFAULT_CHOICES } from "../shared/choices";
import { DEFAULT_LIMITS } from "../shared/limits";
import { nameOf } from "../shared/names";
import { add, createRoom, refresh, type Changes, type Room, type Round } from "./room";
import { isSpent, newPace, type Pace } from "./history-budget";
import type { WallClock } from "./room-clock";
import {
  derive,
  lastActiveAt,
  lastSeenAt,
  suspectAt,
  type Connection,
  type Grace,
  type UserState,
} from "./status";
import { cleanText } from "../shared/text";
import type { Choices, Profile, Reason, Status } from "../shared/terms";
import type { Timings } from "../shared/timings";

/** What the room's storage keeps of a user (DB1). */
export interface UserRecord {
  readonly profile: Profile;
  /** Missing in records of earlier versions. */
  readonly knownSinceAt?: number;
  readonly status: Status;
  readonly sinceAt: number;
  readonly seenAt: number;
  readonly activeAt: number;
  readonly reason: Reason | null;
  readonly graces: readonly Grace[];
  readonly signedOut: readonly (readonly [sessionId: string, untilAt: number])[];
  readonly lostClientId: string | null;
  /** Missing while the budget is full (DB5). */
  readonly pace?: Pace;
  /** Missing for users who are not guests. */
  readonly guest?: true;
  /** Whether a connection was alive when this was written. If none is found later, the server was restarted. */
  readonly connected: boolean;
  /** Missing for users who never chose, which keeps most records short (DB1). */
  readonly chosen?: ChosenRecord;
}

type ChosenRecord = Pick<UserState, "choices" | "choseAt" | "shown" | "cover">;

/**
 * The room's proof of life (DB2): at `at`, every connected user had been heard at `heardAt` or later, except those in
 * `suspects`. One small record for the whole room.
 */
export interface Proof {
  readonly at: number;
  readonly heardAt: number;
  readonly suspects: readonly (readonly [userId: string, heardAt: number])[];
  /** The latest rounds of pings, which tell which connections were pinged (HB5). */
  readonly rounds: readonly Round[];
}

/** The record of a user as they are now (DB1). */
export function toRecord(user: UserState): UserRecord {
  const { profile, knownSinceAt, status, sinceAt, reason, graces, lostClientId } = user;
  return {
    profile,
    ...(knownSinceAt > 0 && { knownSinceAt }),
    status,
    sinceAt,
    seenAt: lastSeenAt(user),
    activeAt: lastActiveAt(user),
    reason,
    graces: [...graces],
    signedOut: [...user.signedOut],
    lostClientId,
    connected: user.connections.size > 0,
    ...(user.guest && { guest: true }),
    ...(isSpent(user.pace) && { pace: structuredClone(user.pace) }),
    ...chosenOf(user),
  };
}

function chosenOf({ choices, choseAt, shown, cover }: UserState): Pick<UserRecord, "chosen"> {
  if (choices === DEFAULT_CHOICES) return {};
  return { chosen: { choices, choseAt, shown, cover } };
}

/** The room's proof of life at `now`, or null when nobody is connected (DB2). */
export function proofOfLife(room: Room, now: number): Proof | null {
  let heardAt = now;
  let anyone = false;
  const suspects: [string, number][] = [];
  for (const user of room.users.values()) {
    if (user.connections.size === 0) continue;
    anyone = true;
    let latest = 0;
    let answers = false;
    for (const connection of user.connections.values()) {
      latest = Math.max(latest, connection.heardAt);
      answers ||= suspectAt(connection) === null;
    }
    if (answers) heardAt = Math.min(heardAt, latest);
    else suspects.push([user.profile.id, latest]);
  }
  return anyone ? { at: now, heardAt, suspects, rounds: room.rounds } : null;
}

/** What a room has when it wakes. */
export interface Waking {
  readonly records: readonly UserRecord[];
  /** Connections that survived: none after a restart; after hibernation all that have not closed in the meantime. */
  readonly connections: readonly Connection[];
  readonly proof: Proof | null;
  /** Whether another server process had the room last. If not, a missing connection has just closed. */
  readonly restarted: boolean;
  /** When this server began to serve. Users who were online have `restartGraceMs` from then (GR3). */
  readonly servingSinceAt: number;
}

/** The latest instant that the room has stored. Its clock cannot be before it (TM1). */
export function latestInstant({ records, connections, proof }: Waking): number {
  let latest = proof?.at ?? 0;
  for (const { sinceAt, seenAt, graces } of records)
    latest = Math.max(latest, sinceAt, seenAt, ...graces.map(({ fromAt }) => fromAt));
  for (const { connectedAt, heardAt, pingedAt } of connections)
    latest = Math.max(latest, connectedAt, heardAt, pingedAt);
  return latest;
}

/** The room as it was before it hibernated or ended (HB5). Call `awaitReturns` next. */
export function wakeRoom(timings: Timings, waking: Waking, clock?: WallClock): Room {
  const room = createRoom(timings, clock);
  // Proofs of earlier versions have no rounds.
  room.rounds = waking.proof?.rounds ?? [];
  for (const record of waking.records) room.users.set(record.profile.id, toUser(record));
  for (const connection of waking.connections) {
    restorePing(room, connection);
    add(room, connection);
  }
  return room;
}

/** Gives a grace to all users who were connected before and are not any more (GR1, GR3). */
export function awaitReturns(room: Room, waking: Waking, now: number): void {
  const { timings } = room;
  const heardAt = lastHeardBy(waking.proof);
  const untilAt = waking.servingSinceAt + timings.restartGraceMs;
  for (const record of waking.records) {
    const user = room.users.get(record.profile.id);
    if (!user || user.connections.size > 0) continue;
    if (waking.restarted)
      user.graces = user.graces.map((grace) => prolonged(grace, waking.servingSinceAt, untilAt));
    if (record.connected) {
      user.seenAt = Math.max(user.seenAt, heardAt(record.profile.id));
      user.graces.push(
        waking.restarted
          ? assumedGrace(user, "restart", untilAt, now)
          : assumedGrace(user, "dropped", now + timings.graceMs, now),
      );
    }
    user.reason = derive(user).reason;
  }
}

/** Returns when a connected user was last heard, by the proof of life (DB2). */
function lastHeardBy(proof: Proof | null): (userId: string) => number {
  const suspects = new Map(proof?.suspects);
  return (userId) => suspects.get(userId) ?? proof?.heardAt ?? 0;
}

/** Restores the first ping of a round, which is not stored with each connection (HB5). */
function restorePing(room: Room, connection: Connection): void {
  if (connection.observer || connection.unanswered > 0) return;
  const round = room.rounds.find(({ heardUntilAt }) => connection.heardAt <= heardUntilAt);
  if (!round) return;
  connection.unanswered = 1;
  connection.firstPingAt = round.at;
  connection.pingedAt = round.at;
}

function toUser(record: UserRecord): UserState {
  const { connected: _, signedOut, graces, chosen, ...kept } = record;
  const { status, sinceAt } = record;
  const { choices, choseAt, shown, cover }: ChosenRecord = chosen ?? {
    choices: DEFAULT_CHOICES,
    choseAt: 0,
    shown: { status, sinceAt },
    cover: null,
  };
  return {
    ...kept,
    profile: cleanProfile(kept.profile),
    knownSinceAt: record.knownSinceAt ?? 0,
    guest: record.guest ?? false,
    pace: record.pace ? structuredClone(record.pace) : newPace(),
    connections: new Map(),
    graces: [...graces],
    signedOut: new Map(signedOut),
    choices: cleanChoices(choices),
    choseAt,
    shown,
    cover: cover && { ...cover, profile: cleanProfile(cover.profile) },
  };
}

/** Earlier versions stored names and messages uncleaned (NM1). */
function cleanProfile(profile: Profile): Profile {
  return { ...profile, name: nameOf(profile.name, profile.id, DEFAULT_LIMITS.nameLength) };
}

function cleanChoices(choices: Choices): Choices {
  const { message } = choices;
  if (message === null) return choices;
  const text = cleanText(message.text);
  return { ...choices, message: text === "" && message.emoji === null ? null : { ...message, text } };
}

/** Nobody can return to a server that is down, so graces from before a restart get the restart grace, too (GR3). */
function prolonged(grace: Grace, servingSinceAt: number, untilAt: number): Grace {
  if (grace.fromAt >= servingSinceAt) return grace;
  return { ...grace, untilAt: Math.max(grace.untilAt, untilAt) };
}

/** A grace for a user who was connected when the room was last awake. The lost connection is not known. */
function assumedGrace(user: UserState, cause: "restart" | "dropped", untilAt: number, now: number): Grace {
  return {
    connectionId: "",
    clientId: "",
    sessionId: null,
    cause,
    active: user.status === "online",
    fromAt: now,
    untilAt,
  };
}

function isAssumed({ connectionId, fromAt }: Grace, wokenAt: number): boolean {
  return connectionId === "" && fromAt === wokenAt;
}

/**
 * Restores a connection that closed while the room hibernated. The room woke at `wokenAt` without it, and its close
 * event comes next and must find it (HB5, GR1).
 */
export function restoreConnection(room: Room, connection: Connection, wokenAt: number): void {
  const user = room.users.get(connection.userId);
  if (!user || connection.observer) return;
  // Its real grace, which the close begins, replaces the assumed one.
  user.graces = user.graces.filter((grace) => !isAssumed(grace, wokenAt));
  for (const { clientId } of user.connections.values()) if (clientId === connection.clientId) return;
  restorePing(room, connection);
  add(room, connection);
}

/** The room woke at `wokenAt` without sockets because the runtime had ended it, not because it hibernated (GR3). */
export interface ReviveEvent {
  readonly type: "revive";
  readonly wokenAt: number;
}

/**
 * Gives the restart grace to users who were connected. Other graces stay: clients reach the room at their first
 * attempt.
 */
export function grantRestart(room: Room, { wokenAt }: ReviveEvent, now: number, changes: Changes): void {
  const untilAt = wokenAt + room.timings.restartGraceMs;
  for (const user of room.users.values()) {
    if (!user.graces.some((grace) => isAssumed(grace, wokenAt))) continue;
    user.graces = user.graces.map((grace) =>
      isAssumed(grace, wokenAt) ? { ...grace, cause: "restart", untilAt } : grace,
    );
    refresh(room, user, now, changes);
  }
}

/** Stored data that could be read only after the room had begun without it (OP3). */
export interface AdoptEvent {
  readonly type: "adopt";
  readonly records: readonly UserRecord[];
  readonly proof: Proof | null;
}

/**
 * Adds stored users whom the room does not know yet. For users whom it knows, it adds what only the records have: their
 * choices and their ended sign-ins.
 */
export function adopt(room: Room, { records, proof }: AdoptEvent, now: number, changes: Changes): void {
  const heardAt = lastHeardBy(proof);
  for (const record of records) {
    const { id } = record.profile;
    const stored = toUser(record);
    // A clock that was ahead may have written it (TM2).
    stored.sinceAt = Math.min(stored.sinceAt, now);
    stored.seenAt = Math.min(stored.seenAt, now);
    if (record.connected) {
      stored.seenAt = Math.max(stored.seenAt, heardAt(id));
      stored.graces.push(assumedGrace(stored, "restart", now + room.timings.restartGraceMs, now));
    }
    const user = room.users.get(id);
    if (!user) room.users.set(id, stored);
    else {
      for (const [sessionId, untilAt] of stored.signedOut) user.signedOut.set(sessionId, untilAt);
      user.seenAt = Math.max(user.seenAt, stored.seenAt);
      user.activeAt = Math.max(user.activeAt, stored.activeAt);
      if (user.choices === DEFAULT_CHOICES && stored.choices !== DEFAULT_CHOICES) {
        Object.assign(user, { choices: stored.choices, choseAt: stored.choseAt, cover: stored.cover });
        changes.chosen.add(id);
      }
    }
    refresh(room, user ?? stored, now, changes);
  }
}
