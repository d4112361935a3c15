import type { Counts } from "../../core/shared/roster-query";
import type { AdminUser } from "../../core/shared/terms";

/** The rows of the table, from any source. */
export interface RosterRows {
  /** How many rows there are. */
  readonly length: number;
  /** The number of users in the room, matching or not. */
  readonly total: number;
  readonly counts: Counts;
  /** Whether releasing the held rows would change their order. */
  readonly isHolding: boolean;
  /** The user in a row; undefined while it is loading. */
  readonly at: (index: number) => AdminUser | undefined;
}
