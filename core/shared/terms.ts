/**
 * The words of presence, used with one meaning everywhere. Instants end in `At` and are
 * milliseconds since 1970 by the server's clock; durations end in `Ms`.
 */

/** What others see of a user. Derived from evidence, never stored as truth (ST1). */
export type Status = "online" | "away" | "offline";

/** What a token lets its bearer be: a member of the room, or an admin who may also look behind it. */
export type Role = "member" | "admin";

/**
 * Who a projection is made for. Each audience has its own feed of diffs (PR1). `private` are members who hide
 * their last seen, and so see nobody's (PR3).
 */
export type Audience = "member" | "private" | "admin";

/** What a user chose to show: what is derived, away, do not disturb, or nothing at all (ST3). */
export type Availability = "auto" | "away" | "dnd" | "invisible";

/** What a user says of themselves (ST4). One of `emoji` and `text` is there. */
export interface StatusMessage {
  /** One emoji, or null. */
  readonly emoji: string | null;
  readonly text: string;
  /** When the server clears it; null for never. */
  readonly untilAt: number | null;
}

/** All that a user can choose. */
export interface Choices {
  readonly availability: Availability;
  /** When the server makes the availability `auto` again; null for never. */
  readonly availabilityUntilAt: number | null;
  readonly message: StatusMessage | null;
  /** Members are not told when they were last seen, nor they when others were (PR3). */
  readonly hideLastSeen: boolean;
}

/** Who a user is, as the token says. `picture` is an https URL or null. */
export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly picture: string | null;
}

/** What a page can tell about its user: how long ago they touched it, how long it has been hidden. */
export interface Activity {
  /** Milliseconds since the last touch of mouse, keyboard or screen. */
  readonly idleMs: number;
  /** Milliseconds since the page was hidden; null while it is visible. */
  readonly hiddenMs: number | null;
}

/** Why a status is what it is (ST5). Ids are connection ids; instants are the server's. */
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

/** What set a grace running: a drop without a word, a page that said it was closing, a server restart. */
export type GraceCause = "dropped" | "closed" | "restart";

/** What a member sees of a user. */
export interface UserView extends Profile {
  readonly status: Status;
  /** When the status began; null when that would say when somebody was last seen who hides it (PR3). */
  readonly sinceAt: number | null;
  /** Null while the user is not offline: they are seen now. Null, too, where it is hidden (PR3). */
  readonly lastSeenAt: number | null;
  /** Members see no message of who is shown offline (PR2). */
  readonly message: StatusMessage | null;
  /** Whether the status has a do-not-disturb mark (ST3). */
  readonly dnd: boolean;
}

/** One live connection as admins see it (CN4). Round-trip times are asked for by HTTP, never broadcast. */
export interface ConnectionView {
  readonly id: string;
  readonly device: string;
  readonly connectedAt: number;
  readonly hiddenAt: number | null;
  /** When the first still unanswered ping was sent; null while the connection answers (HB3). */
  readonly suspectAt: number | null;
}

/** What an admin sees of a user (PR1). */
export interface AdminUserView extends UserView {
  readonly sinceAt: number;
  readonly reason: Reason | null;
  readonly connections: readonly ConnectionView[];
  readonly availability: Availability;
  readonly availabilityUntilAt: number | null;
  /** Since when the availability is what it is; null when nothing was ever chosen. */
  readonly choseAt: number | null;
  readonly hideLastSeen: boolean;
}

/** The fields of a view that a diff can carry; `id` names the user and never changes. */
export type UserPatch = Partial<Omit<UserView, "id">> &
  Partial<Omit<AdminUserView, keyof UserView>> & { readonly id: string };

/** A stretch of time in which the server was down, so that nobody knows who was there. */
export interface Gap {
  readonly fromAt: number;
  readonly toAt: number;
}

/** The counts at an instant, and the most that were online until the next point; null where nobody knows. */
export interface Point {
  readonly at: number;
  readonly online: number | null;
  readonly away: number | null;
  readonly mostOnline: number | null;
}
