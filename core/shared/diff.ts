import type { UserPatch, UserView } from "./terms";

/** What changed since the previous diff: users seen for the first time, changed fields, users forgotten. */
export interface Diff<View extends UserView = UserView> {
  readonly seq: number;
  readonly added: readonly View[];
  readonly changed: readonly UserPatch[];
  readonly removed: readonly string[];
}

/** What a client missed that was told everything up to `from`: those who changed, as they are now (SY4). */
export interface Missed<View extends UserView = UserView> {
  readonly from: number;
  readonly seq: number;
  readonly users: readonly View[];
  readonly removed: readonly string[];
}
