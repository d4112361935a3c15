import { inflateSync, strFromU8 } from "fflate";

/** The UTF-8 text in bytes deflated without a header (RFC 1951). @throws when they are none. */
export function inflateText(body: Uint8Array): string {
  // The library takes nothing for the deflated empty text, which it is not.
  if (body.length === 0) throw new TypeError("nothing to inflate");
  return strFromU8(inflateSync(body));
}
