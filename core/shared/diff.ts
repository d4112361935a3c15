import type { UserPatch, User } from "./terms";

/** The changes since the previous diff: new users, changed fields, removed users. */
export interface Diff<View extends User = User> {
  readonly seq: number;
  readonly added: readonly View[];
  readonly changed: readonly UserPatch[];
  readonly removed: readonly string[];
}

/** What a client missed after diff `from`: the users who changed, as they are now (SY4). */
export interface Missed<View extends User = User> {
  readonly from: number;
  readonly seq: number;
  readonly users: readonly View[];
  readonly removed: readonly string[];
}
