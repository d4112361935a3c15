import type { ResumePoint } from "../../core/wire/hello";
import type { HostSocket } from "../host";
import type { PageQuery } from "../../core/shared/page-query";
import type { Mode, Scope } from "../../core/shared/scope";
import type { Audience, Role } from "../../core/shared/terms";
import type { Outbox } from "./outbox";

/** A socket of the room, with what it may receive and what it asked for. */
export interface Subscriber {
  readonly id: string;
  readonly socket: HostSocket;
  readonly outbox: Outbox;
  readonly userId: string;
  readonly role: Role;
  /** Changes when a member hides or shows when they were last seen (PR3). */
  audience: Audience;
  /** Whether members may know of it. They must not know of observers and of invisible users (PR2). */
  isSeen: boolean;
  /** What it asked for; null if its watch list was lost in hibernation (VW1). */
  scope: Scope | null;
  /** The last diff that the client has from an earlier connection (SY4); null if it needs a sync anyway. */
  resumeFrom: ResumePoint | null;
  /** A page that it requested before its sync. The answer follows the sync (VW2). */
  asked: { readonly request: number; readonly query: PageQuery } | null;
  /** What it receives now; null before its sync, because diffs need one (SY1). */
  receives: Subscription | null;
}

/** Everybody, or some users with or without the counts. */
export type Subscription = "everybody" | { readonly ids: ReadonlySet<string>; readonly counts: boolean };

/** The mode of a subscriber, which survives hibernation with its socket. */
export function modeOf({ scope, receives }: Subscriber): Mode {
  if (scope === null) return "users";
  return scope.kind === "roster" && receives !== null && receives !== "everybody" ? "pages" : scope.kind;
}
