/**
 * The types of presence. Names of instants end in `At`: milliseconds since 1970 by the server's clock. Names of
 * durations end in `Ms`.
 */

/** What others see of a user. Derived from evidence, never stored as truth (ST1). */
export type Status = "online" | "away" | "offline";

/** The role that a token grants: a member of the room, or an admin, who sees everything. */
export type Role = "member" | "admin";

/**
 * The readers of a projection. Each audience has its own feed of diffs (PR1). `private` are members who hide their last
 * seen, and so see nobody's (PR3).
 */
export type Audience = "member" | "private" | "admin";

/** What a user chose to show: the derived status, away, do not disturb, or offline (ST3). */
export type Availability = "auto" | "away" | "dnd" | "invisible";

/** A user's status message (ST4). It has an emoji, a text or both. */
export interface StatusMessage {
  /** One emoji, or null. */
  readonly emoji: string | null;
  readonly text: string;
  /** When the server clears it; null for never. */
  readonly untilAt: number | null;
}

/** All choices of a user. */
export interface Choices {
  readonly availability: Availability;
  /** When the server makes the availability `auto` again; null for never. */
  readonly availabilityUntilAt: number | null;
  readonly message: StatusMessage | null;
  /** Hides the user's last seen from members, and the last seen of others from the user (PR3). */
  readonly hideLastSeen: boolean;
}

/** A user's identity, from the token. `picture` is an https URL or null. */
export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly picture: string | null;
}

/** What a page reports about its user. */
export interface Activity {
  /** Milliseconds since the last use of mouse, keyboard or screen. */
  readonly idleMs: number;
  /** Milliseconds since the page was hidden; null while it is visible. */
  readonly hiddenMs: number | null;
}

/** The reason for a status (ST5). Instants are the server's. */
export type Reason =
  | { readonly kind: "active"; readonly connectionId: string }
  /** The user chose to be shown away (ST3). */
  | { readonly kind: "chosen"; readonly fromAt: number }
  | { readonly kind: "idle"; readonly connections: number; readonly hidden: number }
  | { readonly kind: "grace"; readonly cause: GraceCause; readonly fromAt: number; readonly untilAt: number }
  | {
      readonly kind: "missed";
      readonly connectionId: string;
      readonly misses: number;
      readonly lastHeardAt: number;
    }
  | { readonly kind: "dropped"; readonly connectionId: string; readonly fromAt: number }
  | { readonly kind: "closed"; readonly connectionId: string; readonly fromAt: number }
  | { readonly kind: "signedOut"; readonly connectionId: string }
  | { readonly kind: "disconnected"; readonly byAdminAt: number }
  | { readonly kind: "restart"; readonly lastProofAt: number };

/** Why a status of the past began (ST5, DB3): its reason without connections, which are long gone. */
export interface PastReason {
  readonly kind: Reason["kind"];
  /** How many heartbeats were missed. */
  readonly misses?: number;
  /** The instant of the evidence: last heard, the drop, the close, or the room's last proof of life. */
  readonly evidenceAt?: number;
}

/** The cause of a grace: a silent drop, a page that said it was closing, a server restart. */
export type GraceCause = "dropped" | "closed" | "restart";

/** What a member sees of a user. */
export interface User extends Profile {
  readonly status: Status;
  /** When the status began; null if that would reveal a hidden last seen (PR3). */
  readonly sinceAt: number | null;
  /** Null unless the user is offline, and if it is hidden (PR3). */
  readonly lastSeenAt: number | null;
  /** For members null while the user is shown offline (PR2). */
  readonly message: StatusMessage | null;
  /** Whether the status has a do-not-disturb mark (ST3). */
  readonly dnd: boolean;
}

/** One live connection, as admins see it (CN4). Round-trip times are only in the HTTP API, never broadcast. */
export interface ConnectionView {
  readonly id: string;
  readonly device: string;
  readonly connectedAt: number;
  readonly hiddenAt: number | null;
  /** When the first unanswered ping was sent; null while the connection answers (HB3). */
  readonly suspectAt: number | null;
}

/** What an admin sees of a user (PR1). */
export interface AdminUser extends User {
  readonly sinceAt: number;
  readonly reason: Reason | null;
  readonly connections: readonly ConnectionView[];
  readonly availability: Availability;
  readonly availabilityUntilAt: number | null;
  /** When the availability was last chosen; null if never. */
  readonly choseAt: number | null;
  readonly hideLastSeen: boolean;
}

/** The changed fields of a view in a diff. `id` names the user and never changes. */
export type UserPatch = Partial<Omit<User, "id">> &
  Partial<Omit<AdminUser, keyof User>> & { readonly id: string };

/** A time in which the server was down, so that nothing was recorded. */
export interface Gap {
  readonly fromAt: number;
  readonly toAt: number;
}

/** The counts at an instant, and the most that were online until the next point; null in a gap. */
export interface Point {
  readonly at: number;
  readonly online: number | null;
  readonly away: number | null;
  readonly mostOnline: number | null;
  /** When that many were online first. */
  readonly mostOnlineAt: number | null;
}
