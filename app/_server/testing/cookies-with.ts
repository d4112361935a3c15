/** A request's cookies, each with this value. */
export function cookiesWith(value: string | undefined): { get: () => { value: string } | undefined } {
  return { get: () => (value === undefined ? undefined : { value }) };
}
