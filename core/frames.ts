import { deflateSync, inflateSync, strFromU8, strToU8 } from "fflate";

/*
 * How a message becomes a frame. It is JSON, as a text frame that anybody can read; but a roster of thousands is sent
 * to thousands, and a quarter of the bytes is a quarter of the work for everybody on the way. So what is long and the
 * same for many is deflated, once for all of them: such a frame is binary, and holds the length of the message's
 * beginning in two bytes, that beginning as UTF-8, which may be a reader's own, and all the rest of it deflated.
 */

/** What is sent over a socket. */
export type Frame = string | Uint8Array;

/** A message's text but for its beginning: as it is, or deflated if it is long. Made once for all who get the same. */
export type Body = string | Uint8Array;

/** A body of fewer UTF-16 code units stays text: some 120 people. */
export const DEFLATED_LENGTH = 4_096;

const HEAD_LENGTH_BYTES = 2;

/** Deflates what is long. The fastest level takes 4 ms for 5,000 people; more would save next to nothing. */
export function toBody(text: string): Body {
  return text.length < DEFLATED_LENGTH ? text : deflateSync(strToU8(text), { level: 1 });
}

/** Makes a frame of a message's beginning, of 65,535 bytes at most, and its body. */
export function toFrame(head: string, body: Body): Frame {
  if (typeof body === "string") return head + body;
  const beginning = strToU8(head);
  const frame = new Uint8Array(HEAD_LENGTH_BYTES + beginning.length + body.length);
  frame[0] = beginning.length >> 8;
  frame[1] = beginning.length & 255;
  frame.set(beginning, HEAD_LENGTH_BYTES);
  frame.set(body, HEAD_LENGTH_BYTES + beginning.length);
  return frame;
}

/** The text of the message in a frame, or null when there is none in it. Never throws. */
export function readFrame(data: unknown): string | null {
  if (typeof data === "string") return data;
  const frame = bytesOf(data);
  if (frame === null) return null;
  const [high = 0, low = 0] = frame;
  const bodyAt = HEAD_LENGTH_BYTES + high * 256 + low;
  try {
    return (
      strFromU8(frame.subarray(HEAD_LENGTH_BYTES, bodyAt)) + strFromU8(inflateSync(frame.subarray(bodyAt)))
    );
  } catch {
    return null;
  }
}

function bytesOf(data: unknown): Uint8Array | null {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return data instanceof Uint8Array ? data : null;
}
