import { inflateRawSync } from "node:zlib";

/**
 * The text of the message in a frame, for what is not built and so cannot import `core/wire/frames.ts`: short messages
 * are text; of long ones a beginning is as it is, after its length, and the rest deflated.
 * @param {import("ws").RawData} data as `ws` gives it, a Buffer
 * @returns {string}
 */
export function frameText(data) {
  const frame = /** @type {Buffer} */ (data);
  if (!isDeflated(frame)) return frame.toString();
  const bodyAt = 2 + frame.readUInt16BE();
  return frame.toString("utf8", 2, bodyAt) + inflateRawSync(frame.subarray(bodyAt)).toString();
}

/**
 * Whether a frame is binary: all text is a JSON object, and no beginning is so long that its length starts with a
 * brace.
 * @param {Buffer} frame
 */
export const isDeflated = (frame) => frame[0] !== BRACE;

const BRACE = "{".charCodeAt(0);
