import type { Counts } from "../../core/shared/roster-query";
import type { AdminUserView } from "../../core/shared/terms";

/** The rows that the table shows, wherever they come from. */
export interface RosterRows {
  /** How many rows there are. */
  readonly length: number;
  /** How many users the room knows, asked for or not. */
  readonly total: number;
  readonly counts: Counts;
  /** Whether the rows would stand otherwise if they were not held. */
  readonly isHolding: boolean;
  /** The user in a row; undefined while it is not there yet. */
  readonly at: (index: number) => AdminUserView | undefined;
}
