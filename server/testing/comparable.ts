import type { User } from "../../core/shared/terms";

/**
 * Views as text that is equal for equal views. After the wall clock was set, earlier messages have instants of another
 * clock. `hiddenAt` is measured anew by each report, and a change of it alone is not sent.
 */
export function comparable(views: Iterable<User>, wasClockSet: boolean): string {
  const sorted = [...views].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return JSON.stringify(sorted, (key, value: unknown) =>
    key === "hiddenAt" || (wasClockSet && key.endsWith("At"))
      ? value !== null
      : typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
  );
}
