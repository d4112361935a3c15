/** The number of values at or below each bound, and the number of all values. */
interface Cumulative {
  readonly counts: readonly number[];
  readonly count: number;
}

/**
 * The smallest bound that this part of the values did not exceed. Buckets know no more. Infinity above the last bound,
 * null without values.
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
