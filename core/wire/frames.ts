/*
 * How a message becomes a frame. It is JSON, as a text frame that anybody can read; but a roster of thousands is sent
 * to thousands, and a quarter of the bytes is a quarter of the work for everybody on the way. So what is long and the
 * same for many is deflated (deflate.ts), once for all of them: such a frame is binary, and holds the length of the
 * message's beginning in two bytes, that beginning as UTF-8, which may be a reader's own, and all the rest deflated.
 */

/** What is sent over a socket. */
export type Frame = string | Uint8Array;

/** A message's text but for its beginning: as it is, or deflated if it is long. Made once for all who get the same. */
export type Body = string | Uint8Array;

const HEAD_LENGTH_BYTES = 2;

/** Makes a frame of a message's beginning, of 65,535 bytes at most, and its body. */
export function toFrame(head: string, body: Body): Frame {
  if (typeof body === "string") return head + body;
  const beginning = new TextEncoder().encode(head);
  const frame = new Uint8Array(HEAD_LENGTH_BYTES + beginning.length + body.length);
  frame[0] = beginning.length >> 8;
  frame[1] = beginning.length & 255;
  frame.set(beginning, HEAD_LENGTH_BYTES);
  frame.set(body, HEAD_LENGTH_BYTES + beginning.length);
  return frame;
}

/** The beginning of the message in a binary frame, and the deflated rest; null when it is no such frame. Never throws. */
export function splitFrame(data: unknown): { readonly head: string; readonly body: Uint8Array } | null {
  const frame = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  if (!(frame instanceof Uint8Array) || frame.length < HEAD_LENGTH_BYTES) return null;
  const [high = 0, low = 0] = frame;
  const bodyAt = HEAD_LENGTH_BYTES + high * 256 + low;
  return {
    head: new TextDecoder().decode(frame.subarray(HEAD_LENGTH_BYTES, bodyAt)),
    body: frame.subarray(bodyAt),
  };
}
