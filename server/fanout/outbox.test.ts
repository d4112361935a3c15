import { expect, test } from "vitest";
import type { Frame } from "../../core/wire/frames";
import { readFrame } from "../../core/testing/frames";
import { decodeServerMessage } from "../../core/wire/protocol";
import { Outbox } from "./outbox";

function outboxOf(unreadLength: number) {
  const sent: Frame[] = [];
  const outbox = new Outbox({ send: (frame) => void sent.push(frame) }, unreadLength, () => 0.25);
  const pings = () =>
    sent.flatMap((frame) => {
      const message = decodeServerMessage(readFrame(frame));
      return message?.type === "ping" ? [message.now] : [];
    });
  return { outbox, sent, pings };
}

test("[SE4] a client that answers the pings is never stuck, however much it is sent", () => {
  const { outbox, pings } = outboxOf(1_000);
  for (let now = 0; now < 50; now += 1) {
    outbox.send("x".repeat(300));
    expect(outbox.isStuck(now)).toBe(false);
    const asked = pings().at(-1);
    if (asked !== undefined) outbox.answered(asked);
  }
  expect(pings().length).toBeGreaterThan(5);
});

test("[SE4] a client that does not read is pinged at half of the limit, and stuck above it", () => {
  const { outbox, pings } = outboxOf(1_000);
  outbox.send("x".repeat(500));
  expect(outbox.isStuck(5)).toBe(false);
  expect(pings()).toEqual([]);
  outbox.send("x");
  expect(outbox.isStuck(5)).toBe(false);
  expect(pings()).toHaveLength(1);
  // It answers pings that it did not read, or guesses.
  outbox.answered(5);
  outbox.send("x".repeat(600));
  expect(outbox.isStuck(6)).toBe(true);
  expect(pings()).toHaveLength(1);
});

test("a closed socket does not make the sender fail", () => {
  const outbox = new Outbox(
    {
      send() {
        throw new Error("closed");
      },
    },
    1_000,
    () => 0.25,
  );
  expect(() => outbox.send("text")).not.toThrow();
});
