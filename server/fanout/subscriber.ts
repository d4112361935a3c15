import type { ResumePoint } from "../../core/wire/hello";
import type { HostSocket } from "../host";
import type { PageQuery } from "../../core/shared/page-query";
import type { Mode, Scope } from "../../core/shared/scope";
import type { Audience, Role } from "../../core/shared/terms";
import type { Outbox } from "./outbox";

/** A socket of the room, with what decides what it may hear and what it wants to. */
export interface Subscriber {
  readonly id: string;
  readonly socket: HostSocket;
  readonly outbox: Outbox;
  readonly userId: string;
  readonly role: Role;
  /** Another when a member begins or ceases to hide when they were last seen (PR3). */
  audience: Audience;
  /** Whether members may know that it is there: observers and who is invisible are seen by nobody (PR2). */
  isSeen: boolean;
  /** What it asked for; null when the room has slept and has forgotten whom it watches (VW1). */
  scope: Scope | null;
  /** Up to where it had been told when it came (SY4); null once it is owed a sync in any case. */
  resumeFrom: ResumePoint | null;
  /** The page that it asked for while it was owed a sync: answered right after that (VW2). */
  asked: { readonly request: number; readonly query: PageQuery } | null;
  /** What it hears now; null before its sync, since diffs make no sense then (SY1). */
  hears: Hearing | null;
}

/** Everybody, or some and perhaps the counts of all. */
export type Hearing = "everybody" | { readonly ids: ReadonlySet<string>; readonly counts: boolean };

/** What it hears, in a word: what survives hibernation with its socket. */
export function modeOf({ scope, hears }: Subscriber): Mode {
  if (scope === null) return "users";
  return scope.kind === "roster" && hears !== null && hears !== "everybody" ? "pages" : scope.kind;
}
