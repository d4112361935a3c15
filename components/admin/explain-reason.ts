import type { AdminUser, Availability, GraceCause, PastReason, Reason } from "../../core/shared/terms";
import { statusWord } from "../status/status-words";
import { formatDuration, formatInstant, type Conventions } from "../time/format-time";

type Explained = Pick<AdminUser, "status" | "sinceAt" | "reason" | "connections">;

/**
 * Explains a status in one sentence (ST5): «Away: both tabs idle since 14:02», «Offline: three heartbeats missed, last
 * heard 14:02:07».
 */
export function explainReason(user: Explained, now: number, conventions: Conventions): string {
  const word = statusWord(user.status);
  if (user.reason === null) return `${word} since ${formatInstant(user.sinceAt, now, conventions)}`;
  const minute = (at: number) => formatInstant(at, now, conventions);
  const second = (at: number) => formatInstant(at, now, conventions, true);
  return `${word}: ${because(user, user.reason, minute, second)}`;
}

/** The cause of a status in a few words, for a row (ST5): «idle», «missed 3 heartbeats», «reconnecting, 6 s left». */
export function reasonInShort({ reason }: Pick<AdminUser, "reason">, now: number): string {
  if (reason === null) return "";
  if (reason.kind === "idle" && reason.hidden === reason.connections) return "hidden and idle";
  if (reason.kind !== "grace") return pastReasonInShort(reason);
  const left = formatDuration(Math.max(0, reason.untilAt - now) + 999);
  return `${GRACE_IN_SHORT[reason.cause]}, ${left} left`;
}

/** The cause of a past status in a few words (ST5, DB3). */
export function pastReasonInShort({ kind, misses }: PastReason): string {
  if (kind !== "missed") return IN_SHORT[kind];
  return `missed ${misses} ${misses === 1 ? "heartbeat" : "heartbeats"}`;
}

const IN_SHORT = {
  active: "active",
  chosen: "chosen",
  idle: "idle",
  grace: "reconnecting",
  dropped: "connection lost",
  closed: "closed the page",
  signedOut: "signed out",
  disconnected: "disconnected by an admin",
  restart: "gone since a restart",
} as const satisfies Record<Exclude<PastReason["kind"], "missed">, string>;

const GRACE_IN_SHORT = {
  dropped: "reconnecting",
  closed: "closed or reloaded",
  restart: "server restarted",
} as const satisfies Record<GraceCause, string>;

/** Explains a status and its user's choices in a few sentences. */
export function explainStatus(user: Explained & Chosen, now: number, conventions: Conventions): string {
  const choice = explainChoice(user, now, conventions);
  return `${explainReason(user, now, conventions)}.${choice === null ? "" : ` ${choice}`}`;
}

type Chosen = Pick<AdminUser, "availability" | "availabilityUntilAt" | "choseAt" | "hideLastSeen">;

const CHOSEN: Readonly<Record<Availability, string | null>> = {
  auto: null,
  // The reason explains why a user is away.
  away: null,
  dnd: "Does not want to be disturbed",
  invisible: "Invisible: offline to members",
};

/** The choices that the status does not show (ST3, PR2): «Invisible: offline to members since 14:02». */
export function explainChoice(user: Chosen, now: number, conventions: Conventions): string | null {
  const { availability, availabilityUntilAt, choseAt, hideLastSeen } = user;
  const chosen = CHOSEN[availability];
  const since = choseAt === null ? "" : ` since ${formatInstant(choseAt, now, conventions)}`;
  const until =
    availabilityUntilAt === null ? "" : `, until ${formatInstant(availabilityUntilAt, now, conventions)}`;
  const parts = [
    ...(chosen === null ? [] : [`${chosen}${since}${until}.`]),
    ...(hideLastSeen ? ["Hides from members when they were last seen."] : []),
  ];
  return parts.length === 0 ? null : parts.join(" ");
}

type Told = (at: number) => string;

function because(user: Explained, reason: Reason, minute: Told, second: Told): string {
  switch (reason.kind) {
    case "active": {
      const device = user.connections.find(({ id }) => id === reason.connectionId)?.device;
      return device ? `active on ${device}` : "active";
    }
    case "chosen":
      return `chosen by themselves at ${minute(reason.fromAt)}`;
    case "idle":
      return `${idleTabs(reason, user)} since ${minute(user.sinceAt)}`;
    case "grace":
      return `${GRACE_BEGAN[reason.cause]} at ${second(reason.fromAt)}, may return until ${second(reason.untilAt)}`;
    case "missed":
      return `${inWords(reason.misses)} ${reason.misses === 1 ? "heartbeat" : "heartbeats"} missed, last heard ${second(reason.lastHeardAt)}`;
    case "dropped":
      return `the connection dropped at ${second(reason.fromAt)} and did not return`;
    case "closed":
      return `the page was closed at ${second(reason.fromAt)}`;
    case "signedOut":
      return `signed out at ${second(user.sinceAt)}`;
    case "disconnected":
      return `disconnected by an admin at ${second(reason.byAdminAt)}`;
    case "restart":
      return `did not return after the server's restart, last heard ${second(reason.lastProofAt)}`;
    default:
      return reason satisfies never;
  }
}

function idleTabs({ connections, hidden }: Reason & { kind: "idle" }, user: Explained): string {
  if (connections === 1) {
    const device = user.connections[0]?.device ?? "the only tab";
    return `${device} ${hidden === 1 ? "hidden and idle" : "idle"}`;
  }
  const tabs = allTabs(connections, new Set(user.connections.map(({ device }) => device)).size);
  if (hidden === 0) return `${tabs} idle`;
  return hidden === connections
    ? `${tabs} hidden and idle`
    : `${tabs} idle, ${inWords(hidden)} of them hidden,`;
}

/** «Two tabs», «two devices», or «three tabs on two devices». */
function allTabs(connections: number, devices: number): string {
  const all = connections === 2 ? "both" : `all ${inWords(connections)}`;
  if (devices <= 1) return `${all} tabs`;
  return devices === connections ? `${all} devices` : `${all} tabs on ${inWords(devices)} devices`;
}

const GRACE_BEGAN = {
  dropped: "the connection dropped",
  closed: "the page was closed or reloaded",
  restart: "the server restarted",
} as const satisfies Record<GraceCause, string>;

const SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

function inWords(count: number): string {
  return SMALL[count] ?? String(count);
}
