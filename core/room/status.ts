import type { Pace } from "./history-budget";
import type { Activity, Choices, GraceCause, Profile, Reason, Status } from "../shared/terms";
import type { Timings } from "../shared/timings";

/** One live WebSocket, as the room knows it. All instants are the room's. */
export interface Connection {
  readonly id: string;
  /** The user it belongs to. */
  readonly userId: string;
  /** The page's own id. It stays over reconnects, so that a return replaces the earlier connection (CN2). */
  readonly clientId: string;
  /** The sign-in of its token. Signing out ends all connections of one sign-in (GR2). */
  readonly sessionId: string | null;
  /** Whether it is an admin's dashboard: it has heartbeats like any other, but is nobody's presence. */
  readonly observer: boolean;
  /** Device and browser, for admins (CN4). */
  readonly device: string;
  readonly connectedAt: number;
  /** When its last message arrived (HB1). */
  heardAt: number;
  inputAt: number;
  hiddenAt: number | null;
  /** Whether it counted as active when its user's status was last derived. */
  active: boolean;
  /** Pings sent since it was last heard (HB2). */
  unanswered: number;
  /** When the latest ping was sent; 0 if none was. */
  pingedAt: number;
  /** When the first of the unanswered pings was sent; null when none is out. */
  firstPingAt: number | null;
  /** The latest measured round trip (CN4). */
  rttMs: number | null;
}

/** A connection that is gone and still counts for its user's status until its grace ends (GR1). */
export interface Grace {
  readonly connectionId: string;
  readonly clientId: string;
  /** Null if the token had none, or if a restart lost it. */
  readonly sessionId: string | null;
  readonly cause: GraceCause;
  readonly active: boolean;
  readonly fromAt: number;
  readonly untilAt: number;
}

/** A user as the room knows them. */
export interface UserState {
  profile: Profile;
  /** When the room first knew the user; 0 for users of earlier versions. */
  readonly knownSinceAt: number;
  readonly connections: Map<string, Connection>;
  graces: Grace[];
  status: Status;
  sinceAt: number;
  /** The last proof of life from connections that are gone. `lastSeenAt()` includes live ones. */
  seenAt: number;
  /** The last input on connections that are gone. `lastActiveAt()` includes live ones. */
  activeAt: number;
  reason: Reason | null;
  /** Whether their latest token says that they are a guest, who is forgotten soon (DB3). */
  guest: boolean;
  /** Their history budget (DB5). */
  readonly pace: Pace;
  /** Ended sign-ins: session ids, with the instant when their tokens have expired. */
  readonly signedOut: Map<string, number>;
  /** The page whose silence made the user offline. If it is back within `graceMs`, the verdict was false (HB9). */
  lostClientId: string | null;
  /** The user's choices (ST3, ST4, PR3). */
  choices: Choices;
  /** When the availability was last chosen; 0 if never. */
  choseAt: number;
  /** The status that members see. It differs from `status` for an invisible user (PR2). */
  shown: { readonly status: Status; readonly sinceAt: number };
  /** The snapshot that members see from when the user becomes invisible until they are seen again; else null. */
  cover: Cover | null;
}

/** The frozen snapshot that members see of an invisible user (PR2). */
export interface Cover {
  readonly profile: Profile;
  readonly lastSeenAt: number;
  /** A user who has left could not change this choice, so it is frozen too. */
  readonly hideLastSeen: boolean;
}

/** When a connection stopped answering; null while it answers, or while its first ping may still be answered (HB3). */
export function suspectAt(connection: Connection): number | null {
  return connection.unanswered >= 2 ? connection.firstPingAt : null;
}

/** When a connection becomes idle if there is no further input (ST2). */
export function idleAt(connection: Connection, timings: Timings): number {
  const byInput = connection.inputAt + timings.idleAfterMs;
  if (connection.hiddenAt === null) return byInput;
  return Math.min(byInput, connection.hiddenAt + timings.hiddenAwayAfterMs);
}

/** Whether a connection is in use: its page had input lately, and was not hidden for long (ST2). */
export function isActive(connection: Connection, timings: Timings, now: number): boolean {
  return now < idleAt(connection, timings);
}

/** Applies a page's report. Its durations before `now` become instants. */
export function applyActivity(connection: Connection, activity: Activity, now: number): void {
  // Late frames can report older input. Reported input is never taken back.
  connection.inputAt = Math.max(connection.inputAt, now - activity.idleMs);
  connection.hiddenAt = activity.hiddenMs === null ? null : now - activity.hiddenMs;
}

/** The last instant the server heard from any connection of the user (ST6). */
export function lastSeenAt(user: UserState): number {
  let latest = user.seenAt;
  for (const connection of user.connections.values()) latest = Math.max(latest, connection.heardAt);
  return latest;
}

/** The last input of the user on any connection (ST6). */
export function lastActiveAt(user: UserState): number {
  let latest = user.activeAt;
  for (const connection of user.connections.values()) latest = Math.max(latest, connection.inputAt);
  return latest;
}

/** Derives the status and its reason from the user's connections, graces and choices (ST1, ST3, ST5). */
export function derive(user: UserState): Derived {
  const derived = deriveFromEvidence(user);
  if (user.choices.availability !== "away" || derived.status === "offline") return derived;
  // A grace is a more useful reason for admins than the choice.
  if (derived.reason?.kind === "grace") return { status: "away", reason: derived.reason };
  return { status: "away", reason: { kind: "chosen", fromAt: user.choseAt } };
}

interface Derived {
  readonly status: Status;
  readonly reason: Reason | null;
}

function deriveFromEvidence(user: UserState): Derived {
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
