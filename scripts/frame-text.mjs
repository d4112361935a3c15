import { inflateRawSync } from "node:zlib";
import { splitFrame } from "../core/wire/frames.ts";

/**
 * The text of the message in a frame.
 * @param {import("ws").RawData} data
 * @param {boolean} isBinary as `ws` gives it
 * @returns {string}
 * @throws if a binary frame contains no message
 */
export function frameText(data, isBinary) {
  if (!isBinary) return String(data);
  const parts = splitFrame(data);
  if (!parts) throw new TypeError("the frame contains no message");
  return parts.head + inflateRawSync(parts.body).toString();
}
