import type { Pace } from "./history-budget";
import type { Activity, Choices, GraceCause, Profile, Reason, Status } from "../shared/terms";
import type { Timings } from "../shared/timings";

/** One live WebSocket as the room knows it. All instants are the server's. */
export interface Connection {
  readonly id: string;
  /** The user it belongs to. */
  readonly userId: string;
  /** The page's own id, kept over its reconnects, so that a return replaces what it left (CN2). */
  readonly clientId: string;
  /** The sign-in it came from; signing out ends all connections of one sign-in (GR2). */
  readonly sessionId: string | null;
  /** An admin's dashboard: watched by heartbeats like any other, but nobody's presence. */
  readonly observer: boolean;
  /** Device and browser, for admins (CN4). */
  readonly device: string;
  readonly connectedAt: number;
  /** When anything was last heard of it (HB1). */
  heardAt: number;
  inputAt: number;
  hiddenAt: number | null;
  /** Whether it counted as active when its user's status was last derived. */
  active: boolean;
  /** Pings sent since it was last heard (HB2). */
  unanswered: number;
  /** When the latest ping was sent; meaningful while `unanswered` > 0. */
  pingedAt: number;
  /** When the first of the unanswered pings was sent; null when none is out. */
  firstPingAt: number | null;
  /** The latest measured round trip in milliseconds (CN4). */
  rttMs: number | null;
}

/** A connection that is gone and still counts, as it last was, until its grace ends (GR1). */
export interface Grace {
  readonly connectionId: string;
  readonly clientId: string;
  /** Null when the sign-in is not known: none was given, or a restart has forgotten it. */
  readonly sessionId: string | null;
  readonly cause: GraceCause;
  readonly active: boolean;
  readonly fromAt: number;
  readonly untilAt: number;
}

/** A user as the room knows them. */
export interface User {
  profile: Profile;
  readonly connections: Map<string, Connection>;
  graces: Grace[];
  status: Status;
  sinceAt: number;
  /** Proof of life from connections that are gone; live ones are asked by `lastSeenAt()`. */
  seenAt: number;
  /** The last input on connections that are gone; live ones are asked by `lastActiveAt()`. */
  activeAt: number;
  reason: Reason | null;
  /** Whether they are only passing through, and forgotten soon (DB3): so their latest token says. */
  guest: boolean;
  /** How much more history they may write (DB5). */
  readonly pace: Pace;
  /** Sign-ins that were ended, by session id, until their tokens have expired. */
  readonly signedOut: Map<string, number>;
  /** The page whose silence made the user offline; if it speaks again, it was there all the time (HB9). */
  lostClientId: string | null;
  /** What they chose to show (ST3, ST4, PR3). */
  choices: Choices;
  /** Since when their availability is what it is; 0 when they never chose. */
  choseAt: number;
  /** What members are shown: the status itself, but of somebody invisible (PR2). */
  shown: { readonly status: Status; readonly sinceAt: number };
  /** From when the user became invisible until members see them again: them as they were then; else null. */
  cover: Cover | null;
}

/** What members are shown in place of somebody invisible, whatever that one does meanwhile (PR2). */
export interface Cover {
  readonly profile: Profile;
  readonly lastSeenAt: number;
  /** Who has left can change nothing, so neither does this. */
  readonly hideLastSeen: boolean;
}

/** When a connection stopped answering; null while it answers, or still has time to (HB3). */
export function suspectAt(connection: Connection): number | null {
  return connection.unanswered >= 2 ? connection.firstPingAt : null;
}

/** When a connection becomes idle if nothing more is heard of its user (ST2). */
export function idleAt(connection: Connection, timings: Timings): number {
  const byInput = connection.inputAt + timings.idleAfterMs;
  if (connection.hiddenAt === null) return byInput;
  return Math.min(byInput, connection.hiddenAt + timings.hiddenAwayAfterMs);
}

/** Whether a connection is in use: its page had input lately, and was not hidden for long (ST2). */
export function isActive(connection: Connection, timings: Timings, now: number): boolean {
  return now < idleAt(connection, timings);
}

/** Takes a page's report as evidence: durations before `now` become instants of the server's clock. */
export function applyActivity(connection: Connection, activity: Activity, now: number): void {
  // Late frames can carry an older truth: input that was once reported is never taken back.
  connection.inputAt = Math.max(connection.inputAt, now - activity.idleMs);
  connection.hiddenAt = activity.hiddenMs === null ? null : now - activity.hiddenMs;
}

/** The last instant the server heard from any connection of the user (ST6). */
export function lastSeenAt(user: User): number {
  let latest = user.seenAt;
  for (const connection of user.connections.values()) latest = Math.max(latest, connection.heardAt);
  return latest;
}

/** The last input of the user on any connection (ST6). */
export function lastActiveAt(user: User): number {
  let latest = user.activeAt;
  for (const connection of user.connections.values()) latest = Math.max(latest, connection.inputAt);
  return latest;
}

/** Derives the status and its reason from what the room has of the user right now (ST1, ST3, ST5). */
export function derive(user: User): Derived {
  const derived = deriveFromEvidence(user);
  if (user.choices.availability !== "away" || derived.status === "offline") return derived;
  // That somebody is waited for says more than what they chose.
  if (derived.reason?.kind === "grace") return { status: "away", reason: derived.reason };
  return { status: "away", reason: { kind: "chosen", fromAt: user.choseAt } };
}

interface Derived {
  readonly status: Status;
  readonly reason: Reason | null;
}

function deriveFromEvidence(user: User): Derived {
  let hidden = 0;
  for (const connection of user.connections.values()) {
    if (connection.active)
      return { status: "online", reason: { kind: "active", connectionId: connection.id } };
    if (connection.hiddenAt !== null) hidden += 1;
  }
  const activeGrace = user.graces.find((grace) => grace.active);
  if (activeGrace) return { status: "online", reason: graceReason(activeGrace) };
  if (user.connections.size > 0) {
    return { status: "away", reason: { kind: "idle", connections: user.connections.size, hidden } };
  }
  const grace = user.graces[0];
  if (grace) return { status: "away", reason: graceReason(grace) };
  return { status: "offline", reason: user.reason };
}

function graceReason({ cause, fromAt, untilAt }: Grace): Reason {
  return { kind: "grace", cause, fromAt, untilAt };
}
