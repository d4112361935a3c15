import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeSharedSync, encodeSync } from "./encode";
import { DEFLATED_LENGTH, toBody } from "./deflate";
import { toFrame } from "./frames";
import { decodeServerMessage } from "./protocol";
import { readFrame } from "../testing/frames";
import { PLAIN } from "../testing/views";
import type { User } from "../shared/terms";

const timings = { intervalMs: 1, inputPauseMs: 1, reconnectSpreadMs: 1, reconnectWithinMs: 1 };
const head = { mode: "roster" as const, epoch: "e", seq: 4, now: 1_000, timings };

function people(count: number): User[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `u${index}`,
    name: `Person ${index} Ω`,
    picture: null,
    status: "online",
    sinceAt: index,
    lastSeenAt: null,
    ...PLAIN,
  }));
}

function deflatedSync(userId: string, shared: ReturnType<typeof encodeSharedSync>): Uint8Array {
  const frame = encodeSync({ userId, choices: null }, shared);
  if (typeof frame === "string") throw new Error("not deflated");
  return frame;
}

const latin1 = (bytes: Uint8Array | string) => Buffer.from(bytes as Uint8Array).toString("latin1");

describe("messages as frames", () => {
  test("[SY2] the frame of any message decodes to the same text", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 300 });
    const times = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(text, text, times, (beginning, rest, repeated) => {
        const body = rest.repeat(repeated);
        expect(readFrame(toFrame(beginning, toBody(body)))).toBe(beginning + body);
      }),
      { numRuns: 300 },
    );
  });

  test("[SY2] short messages stay text, long ones are deflated", () => {
    const short = "x".repeat(DEFLATED_LENGTH - 1);
    expect(toFrame("{", toBody(short))).toBe(`{${short}`);
    const long = toFrame("{", toBody(`${short}x`));
    expect(long).toBeInstanceOf(Uint8Array);
    expect(long.length).toBeLessThan(100);
  });

  test("[SY1] [SY2] all who join get the same deflated roster, after their own beginning", () => {
    const users = people(1_000);
    const shared = encodeSharedSync({ ...head, users });
    for (const self of ["ada", "Zoë 🦊", "u".repeat(128)]) {
      const frame = deflatedSync(self, shared);
      expect(latin1(frame).endsWith(latin1(shared))).toBe(true);
      expect(frame.length).toBeLessThan(16 * users.length);
      expect(decodeServerMessage(readFrame(frame))).toMatchObject({ type: "sync", self, seq: 4, users });
      // Browsers deliver a buffer.
      expect(decodeServerMessage(readFrame(Uint8Array.from(frame).buffer))).toMatchObject({ self, users });
    }
  });

  test("[SE3] an invalid binary frame decodes to null and does not throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => readFrame(bytes)).not.toThrow();
        expect(decodeServerMessage(readFrame(bytes))).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  test("[SE3] a truncated deflated frame decodes to null", () => {
    const frame = deflatedSync("ada", encodeSharedSync({ ...head, users: people(500) }));
    for (const length of [0, 1, 2, 10, frame.length >> 1, frame.length - 10])
      expect(decodeServerMessage(readFrame(frame.subarray(0, length)))).toBeNull();
  });
});
