/** Counts of values that were at most each bound, and how many there were in all. */
interface Cumulative {
  readonly counts: readonly number[];
  readonly count: number;
}

/**
 * The least bound that this part of the values did not exceed, which is as much as buckets know;
 * Infinity when it lies beyond them all, null without values.
 */
export function quantileBound(
  { counts, count }: Cumulative,
  bounds: readonly number[],
  part: number,
): number | null {
  if (count === 0) return null;
  const index = counts.findIndex((atMost) => atMost >= count * part);
  return index < 0 ? Infinity : (bounds[index] ?? Infinity);
}
