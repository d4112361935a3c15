import fc from "fast-check";
import { expect, test } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { dismiss } from "./closing";

/** A socket as the platform has it: it throws on a reason that is too long, or no text. */
function platformSocket() {
  const closed: [code: number, reason: string][] = [];
  return {
    closed,
    send: () => {},
    close(code: number, reason: string) {
      if (Buffer.byteLength(reason) > 123) throw new SyntaxError("reason too long");
      if (/\p{Surrogate}/u.test(reason)) throw new TypeError("not well-formed");
      closed.push([code, reason]);
    },
  };
}

test("[SE3] a socket is closed whatever its client has put into the reason", () => {
  const character = fc.constantFrom("a", "é", "漢", "🦊", "\ud83e", "\udc00", "\u0000");
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 300 }), (detail) => {
      const socket = platformSocket();
      dismiss(socket, CLOSE.badMessages, detail);
      expect(socket.closed).toHaveLength(1);
    }),
  );
});

test("a reason that fits is sent in full", () => {
  const socket = platformSocket();
  dismiss(socket, CLOSE.badMessages, "über 🦊");
  expect(socket.closed).toEqual([[CLOSE.badMessages, "über 🦊"]]);
});
