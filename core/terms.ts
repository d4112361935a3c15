/**
 * The words of presence, used with one meaning everywhere. Instants end in `At` and are
 * milliseconds since 1970 by the server's clock; durations end in `Ms`.
 */

/** What others see of a user. Derived from evidence, never stored as truth (ST1). */
export type Status = "online" | "away" | "offline";

/** What a token lets its bearer be: a member of the room, or an admin who may also look behind it. */
export type Role = "member" | "admin";

/** Who a projection is made for. Each audience has its own feed of diffs (PR1). */
export type Audience = "member" | "admin";

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

/** What a member sees of a user. `lastSeenAt` is null while the user is not offline: they are seen now. */
export interface UserView extends Profile {
  readonly status: Status;
  readonly sinceAt: number;
  readonly lastSeenAt: number | null;
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
  readonly reason: Reason | null;
  readonly connections: readonly ConnectionView[];
}
