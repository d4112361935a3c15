import { inflateSync, strFromU8 } from "fflate";

/** Inflates UTF-8 text without a header (RFC 1951). @throws if the bytes are not deflated text */
export function inflateText(body: Uint8Array): string {
  // The library accepts no bytes as empty text, but that is not valid.
  if (body.length === 0) throw new TypeError("nothing to inflate");
  return strFromU8(inflateSync(body));
}
