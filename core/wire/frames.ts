/*
 * How a message becomes a frame. Short messages are text frames of JSON. A long message, such as a roster for thousands
 * of readers, is deflated once for all of them (deflate.ts), because a quarter of the bytes is a quarter of the work.
 * Its frame is binary: the length of the message's beginning in two bytes, the beginning as UTF-8, which may differ by
 * reader, and the rest deflated.
 */

/** The data of one WebSocket frame. */
export type Frame = string | Uint8Array;

/** A message's text after its beginning, deflated if it is long. It is made once for all readers. */
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

/** The beginning of the message and the deflated rest of a binary frame; null for anything else. Never throws. */
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
