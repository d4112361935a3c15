import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromPatchRow, fromRow, isPatchRow, toPatchRow, toRow, type Row } from "./rows";
import type { AdminUser, Reason, User } from "../shared/terms";
import { patchOf } from "../room/visibility";
import { PLAIN } from "../testing/views";
import { AVAILABILITIES } from "../shared/choices";

const NOW = 1_700_000_000_000;
const instant = fc.integer({ min: NOW - 10_000_000, max: NOW + 1_000 });
const text = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1 }),
  fc.constantFrom("__proto__", "constructor", "null"),
);
const fields = {
  id: text,
  name: text,
  picture: fc.option(fc.webUrl()),
  status: fc.constantFrom("online" as const, "away" as const, "offline" as const),
  sinceAt: instant,
  lastSeenAt: fc.option(instant),
  message: fc.option(fc.record({ emoji: fc.option(text), text, untilAt: fc.option(instant) })),
  dnd: fc.boolean(),
};
const member: fc.Arbitrary<User> = fc.oneof(
  fc.record(fields),
  fc.record({ ...fields, status: fc.constant("offline" as const), sinceAt: fc.constant(null) }),
);
const reason: fc.Arbitrary<Reason> = fc.oneof(
  fc.record({ kind: fc.constant("active" as const), connectionId: text }),
  fc.record({ kind: fc.constant("restart" as const), lastProofAt: instant }),
);
const connection = fc.record({
  id: text,
  device: text,
  connectedAt: instant,
  hiddenAt: fc.option(instant),
  suspectAt: fc.option(instant),
});
const admin: fc.Arbitrary<AdminUser> = fc.record({
  ...fields,
  reason: fc.option(reason),
  connections: fc.array(connection, { maxLength: 3 }),
  availability: fc.constantFrom(...AVAILABILITIES),
  availabilityUntilAt: fc.option(instant),
  choseAt: fc.option(instant),
  hideLastSeen: fc.boolean(),
});

const overTheWire = (row: Row): Row => JSON.parse(JSON.stringify(row)) as Row;

describe("rows", () => {
  test("[SY1] a user is unchanged after encoding and decoding a row, for members and for admins", () => {
    fc.assert(
      fc.property(fc.oneof(member, admin), (view) => {
        const row = overTheWire(toRow(view, NOW));
        expect(isPatchRow(row)).toBe(false);
        expect(fromRow(row, NOW)).toEqual(view);
      }),
    );
  });

  test("[SY2] a change applied to the old view gives the new view", () => {
    const pair = fc.oneof(fc.tuple(member, member), fc.tuple(admin, admin));
    fc.assert(
      fc.property(pair, ([before, other]) => {
        const after = { ...other, id: before.id };
        const patch = patchOf(before, after);
        if (patch === null) return expect(after).toEqual(before);
        const row = overTheWire(toPatchRow(patch, NOW));
        expect(isPatchRow(row)).toBe(true);
        expect({ ...before, ...fromPatchRow(row, NOW) }).toEqual(after);
      }),
    );
  });

  test("[SY2 SY3] a change of only the status is encoded without field names, and decoded unchanged", () => {
    const status = fc.record(
      { id: text, status: fields.status, sinceAt: fc.option(instant), lastSeenAt: fields.lastSeenAt },
      { requiredKeys: ["id", "status", "sinceAt"] },
    );
    fc.assert(
      fc.property(status, (patch) => {
        const row = overTheWire(toPatchRow(patch, NOW));
        expect(row.slice(1).every((value) => value === null || typeof value === "number")).toBe(true);
        expect(isPatchRow(row)).toBe(true);
        expect(fromPatchRow(row, NOW)).toEqual(patch);
      }),
    );
    expect(toPatchRow({ id: "ada", status: "offline", sinceAt: NOW, lastSeenAt: NOW - 9 }, NOW)).toEqual([
      "ada",
      0,
      0,
      9,
    ]);
    expect(toPatchRow({ id: "ada", status: "away", sinceAt: NOW }, NOW)).toEqual(["ada", 1, 0]);
  });

  test("[SY2] a change names only fields that differ", () => {
    fc.assert(
      fc.property(admin, text, (before, name) => {
        const patch = patchOf(before, { ...before, name });
        expect(patch).toEqual(name === before.name ? null : { id: before.id, name });
      }),
    );
  });

  test("[SY2] nulls at the end of a row are left out", () => {
    const view = {
      id: "ada",
      name: "Ada",
      picture: null,
      status: "online" as const,
      sinceAt: NOW,
      lastSeenAt: null,
      ...PLAIN,
    };
    expect(toRow(view, NOW)).toEqual(["ada", "Ada", 2, 0]);
  });

  test("[SY5] instants on the wire are the server's, encoded as time before the message's now", () => {
    const view = {
      id: "ada",
      name: "Ada",
      picture: null,
      status: "offline" as const,
      sinceAt: NOW - 500,
      lastSeenAt: NOW - 700,
      ...PLAIN,
    };
    expect(toRow(view, NOW)).toEqual(["ada", "Ada", 0, 500, 700]);
  });

  test("a change to null is a change", () => {
    const patch = { id: "ada", lastSeenAt: null, picture: null, reason: null };
    expect(fromPatchRow(overTheWire(toPatchRow(patch, NOW)), NOW)).toEqual(patch);
  });

  test("an invalid row is refused", () => {
    for (const row of [
      [],
      [1, "Ada", 2, 0],
      ["ada", "Ada", 3, 0],
      ["ada", "Ada", 2],
      ["ada", "Ada", 2, "0"],
      ["ada", "Ada", 0.5, 0],
    ]) {
      expect(() => fromRow(row, NOW)).toThrow(TypeError);
    }
    expect(() => fromRow(["ada", "Ada", 2, 0, null, null, null, {}], NOW)).toThrow(TypeError);
    for (const row of [
      ["ada", null],
      ["ada", 3, 0],
      ["ada", 1],
      ["ada", 1, "0"],
      ["ada", 0, 0, "0"],
      [1, 0, 0],
    ]) {
      expect(() => fromPatchRow(row, NOW)).toThrow(TypeError);
    }
  });

  test("[SE3] any data is refused with a TypeError, or decoded with every field of its type", () => {
    const value = fc.oneof(fc.anything(), fc.string(), fc.integer(), fc.constantFrom(0, 1, 2, null));
    const key = fc.constantFrom(
      "name",
      "picture",
      "status",
      "since",
      "lastSeen",
      "connections",
      "message",
      "__proto__",
    );
    const row = fc.oneof(
      fc.array(value, { maxLength: 9 }),
      fc.tuple(fc.string(), fc.dictionary(key, value)),
      fc.tuple(fc.string(), fc.nat(3), value, value),
      fc.tuple(fc.string(), fc.string(), fc.nat(3), fc.integer(), value, value),
    );
    fc.assert(
      fc.property(row, (each) => {
        try {
          const view = isPatchRow(each) ? fromPatchRow(each, NOW) : fromRow(each, NOW);
          const { id, name = "", picture = null, sinceAt = null, lastSeenAt = null } = view;
          expect([id, name, picture ?? ""].map((part) => typeof part)).toEqual(Array(3).fill("string"));
          expect([sinceAt ?? 0, lastSeenAt ?? 0].every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("a change cannot add unknown fields", () => {
    const row = JSON.parse(
      '["ada", {"id": "bob", "__proto__": {"x": 1}, "role": "admin", "name": "A"}]',
    ) as Row;
    expect(fromPatchRow(row, NOW)).toEqual({ id: "ada", name: "A" });
  });
});
