import type { Status } from "./terms";

/** Every status, in the order in which rosters sort them and counts list them. */
export const STATUSES = ["online", "away", "offline"] as const satisfies readonly Status[];

/** The number of each status on the wire and in stored history. Both formats are fixed: never renumber. */
const NUMBERS: Readonly<Record<Status, number>> = { offline: 0, away: 1, online: 2 };

/** The number of a status on the wire and in stored history. */
export function statusNumber(status: Status): number {
  return NUMBERS[status];
}

/** The status with this number; undefined when there is none. */
export function statusOf(number: unknown): Status | undefined {
  return STATUSES.find((status) => NUMBERS[status] === number);
}
