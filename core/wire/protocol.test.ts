import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeDiff, encodeServerMessage, encodeSharedSync, encodeSync } from "./encode";
import { DEFAULT_LIMITS } from "../shared/limits";
import {
  decodeClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  type ClientMessage,
} from "./protocol";
import { START_AT } from "../testing/driver";
import { PLAIN } from "../testing/views";
import { DEFAULT_CHOICES } from "../shared/choices";

const timings = {
  intervalMs: 10_000,
  inputPauseMs: 5_000,
  reconnectSpreadMs: 2_500,
  reconnectWithinMs: 22_500,
};
const duration = fc.nat({ max: 365 * 24 * 3_600_000 });
const activity = { idleMs: duration, hiddenMs: fc.option(duration) };
const at = fc.integer();
/** A page query with the required fields. */
const QUERY = { sort: "name", descending: false, offset: 0, limit: 200 };
const clientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record({ type: fc.constantFrom("pong" as const, "probe" as const), at, ...activity }),
  fc.record({ type: fc.constant("activity" as const), ...activity }),
  fc.record({ type: fc.constantFrom("resync" as const, "leaving" as const, "signOut" as const) }),
);

/** Values that look like messages, except for a detail. */
const almost = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom("pong", "activity", "probe", "resync", "leaving", "signOut", "__proto__"),
      fc.anything(),
    ),
    at: fc.anything(),
    idleMs: fc.anything(),
    hiddenMs: fc.anything(),
    ["__proto__"]: fc.anything(),
  },
  { requiredKeys: [] },
);

describe("what a client sends", () => {
  test("[SE3] every message is unchanged after encoding and decoding", () => {
    fc.assert(
      fc.property(clientMessage, (message) => {
        expect(decodeClientMessage(encodeClientMessage(message))).toEqual({ ok: true, message });
      }),
    );
  });

  test("[SE3] no data makes decoding throw, and every failure has its reason", () => {
    const anyText = fc.oneof(
      fc.nat({ max: 5_000 }).map((length) => "\ud800".repeat(length)),
      fc.json(),
      fc.string({ unit: fc.nat({ max: 0xff_ff }).map((unit) => String.fromCharCode(unit)) }),
      almost.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }), anyText),
        (data) => {
          const decoded = decodeClientMessage(data);
          if (decoded.ok) return;
          expect(decoded.detail.length).toBeGreaterThan(0);
          // The error itself is valid text.
          const text = encodeServerMessage({ type: "error", code: decoded.code, detail: decoded.detail });
          expect(decodeServerMessage(text)).toMatchObject({ type: "error", code: decoded.code });
        },
      ),
      { numRuns: 300 },
    );
  });

  test("[SE3] a decoded message has numbers in bounds and no other fields", () => {
    fc.assert(
      fc.property(almost, (value) => {
        const decoded = decodeClientMessage(JSON.stringify(value));
        if (!decoded.ok) return;
        const { message } = decoded;
        const known = ["type", "at", "idleMs", "hiddenMs"];
        expect(Object.keys(message).filter((key) => !known.includes(key))).toEqual([]);
        if ("idleMs" in message) expect(message.idleMs >= 0 && Number.isFinite(message.idleMs)).toBe(true);
        if ("at" in message) expect(Number.isFinite(message.at)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["a negative idle time", '{"type":"activity","idleMs":-1,"hiddenMs":null}'],
    ["an endless idle time", '{"type":"activity","idleMs":1e999,"hiddenMs":null}'],
    ["an idle time of years", '{"type":"activity","idleMs":99999999999,"hiddenMs":null}'],
    ["a number as text", '{"type":"activity","idleMs":"5","hiddenMs":null}'],
    ["no hiddenMs", '{"type":"activity","idleMs":5}'],
    ["a pong that answers nothing", '{"type":"pong","idleMs":5,"hiddenMs":null}'],
    ["an unknown type", '{"type":"become","user":"bob"}'],
    ["a prototype as its type", '{"type":"__proto__"}'],
    ["the type hidden in __proto__", '{"__proto__":{"type":"resync"}}'],
    ["a list", '[{"type":"resync"}]'],
    ["null", "null"],
    ["an empty text", ""],
    ["a lone surrogate", "\ud800"],
    ["deep nesting", "[".repeat(4_000)],
    [
      "a time of one millisecond more than a year",
      '{"type":"activity","idleMs":31536000001,"hiddenMs":null}',
    ],
    ["a hidden time beyond a year", '{"type":"activity","idleMs":0,"hiddenMs":31536000001}'],
    ["no idleMs", '{"type":"activity","hiddenMs":null}'],
    ["an end of no availability", '{"type":"choose","request":1,"availabilityUntilAt":1800000000000}'],
    ["an endless end of no availability", '{"type":"choose","request":1,"availabilityUntilAt":null}'],
    [
      "an end beyond all dates",
      '{"type":"choose","request":1,"availability":"dnd","availabilityUntilAt":8.65e15}',
    ],
    [
      "an end before all instants",
      '{"type":"choose","request":1,"availability":"dnd","availabilityUntilAt":-1}',
    ],
    ["an availability that does not exist", '{"type":"choose","request":1,"availability":"busy"}'],
    ["a choice without a request", '{"type":"choose","availability":"dnd"}'],
    ["a request with a fraction", '{"type":"choose","request":1.5}'],
    ["a request beyond what a double counts", '{"type":"choose","request":9007199254740992}'],
    ["a request as text", '{"type":"page","request":"1","query":{}}'],
    ["a message without text", '{"type":"choose","request":1,"message":{"emoji":"🎧"}}'],
    ["two emoji", '{"type":"choose","request":1,"message":{"emoji":"🎧🎧","text":""}}'],
    ["an unknown scope", '{"type":"scope","scope":"pages"}'],
    ["a watch list without ids", '{"type":"scope","scope":"users"}'],
    ["a watch list of null", '{"type":"scope","scope":"users","ids":null}'],
    ["an empty id", '{"type":"scope","scope":"users","ids":[""]}'],
    ["an id of 129 characters", `{"type":"scope","scope":"users","ids":["${"x".repeat(129)}"]}`],
    ["a page without a query", '{"type":"page","request":1}'],
    ...["sort", "descending", "offset", "limit"].map((field) => [
      `a page without ${field}`,
      JSON.stringify({ type: "page", request: 1, query: { ...QUERY, [field]: undefined } }),
    ]),
    ...Object.entries({
      sort: ["rank", null],
      descending: [0, "true", null],
      offset: [-1, 0.5, 2 ** 53, "0", null],
      limit: [0, 201, 1.5, "10", null],
      status: ["busy", "", null],
      query: ["x".repeat(201), 7, null],
    }).flatMap(([field, values]) =>
      values.map((value) => [
        `a page whose ${field} is ${String(value).slice(0, 9)}`,
        JSON.stringify({ type: "page", request: 1, query: { ...QUERY, [field]: value } }),
      ]),
    ),
  ])("[SE3] %s is malformed", (_, data) => {
    expect(decodeClientMessage(data)).toMatchObject({ ok: false, code: "malformed" });
  });

  test.each([
    ["fields that nobody knows", '{"type":"resync","at":7,"x":[{}]}', { type: "resync" }],
    [
      "a fraction of a millisecond, rounded",
      '{"type":"activity","idleMs":0.4,"hiddenMs":1.5}',
      {
        type: "activity",
        idleMs: 0,
        hiddenMs: 2,
      },
    ],
    [
      "a whole year",
      '{"type":"activity","idleMs":31536000000,"hiddenMs":31536000000}',
      {
        type: "activity",
        idleMs: 31_536_000_000,
        hiddenMs: 31_536_000_000,
      },
    ],
    [
      "a fraction in what a ping said",
      '{"type":"pong","at":1790000000000.37,"idleMs":0,"hiddenMs":null}',
      {
        type: "pong",
        at: 1_790_000_000_000.37,
        idleMs: 0,
        hiddenMs: null,
      },
    ],
    ["a choice of nothing", '{"type":"choose","request":-1}', { type: "choose", request: -1 }],
    [
      "an end with its availability, rounded",
      '{"type":"choose","request":1,"availability":"dnd","availabilityUntilAt":5.6}',
      {
        type: "choose",
        request: 1,
        availability: "dnd",
        availabilityUntilAt: 6,
      },
    ],
    [
      "an id twice",
      '{"type":"scope","scope":"users","ids":["a","a"]}',
      {
        type: "scope",
        scope: "users",
        ids: ["a", "a"],
        counts: false,
      },
    ],
    [
      "ids and counts that a scope does not have",
      '{"type":"scope","scope":"summary","ids":7,"counts":7}',
      {
        type: "scope",
        scope: "summary",
      },
    ],
    [
      "a page with only the required fields",
      JSON.stringify({ type: "page", request: 0, query: QUERY }),
      {
        type: "page",
        request: 0,
        query: QUERY,
      },
    ],
  ])("[SE3] %s is accepted", (_, data, message) => {
    expect(decodeClientMessage(data)).toEqual({ ok: true, message });
  });

  test("[SE3] the error of an end without an availability names the field", () => {
    const decoded = decodeClientMessage('{"type":"choose","request":1,"availabilityUntilAt":5}');
    expect(decoded).toMatchObject({
      detail: "availabilityUntilAt: needs an availability in the same message",
    });
  });

  test("[SE3] an identity in a message is not read", () => {
    const data = '{"type":"leaving","userId":"bob","role":"admin","__proto__":{"role":"admin"}}';
    expect(decodeClientMessage(data)).toEqual({ ok: true, message: { type: "leaving" } });
  });

  test("[SE4] a message over the limit is too large, and one at the limit is not", () => {
    const text = encodeClientMessage({ type: "resync" });
    expect(decodeClientMessage(text, { ...DEFAULT_LIMITS, messageLength: text.length })).toMatchObject({
      ok: true,
    });
    expect(decodeClientMessage(text, { ...DEFAULT_LIMITS, messageLength: text.length - 1 })).toMatchObject({
      ok: false,
      code: "tooLarge",
    });
    expect(decodeClientMessage("x".repeat(65_537))).toMatchObject({ ok: false, code: "tooLarge" });
    // Deep nesting does not break the parser, even far beyond the limit.
    expect(
      decodeClientMessage("[".repeat(200_000), { ...DEFAULT_LIMITS, messageLength: Infinity }),
    ).toMatchObject({
      ok: false,
      code: "malformed",
    });
  });

  test("[SE3] binary frames are not text", () => {
    expect(decodeClientMessage(new ArrayBuffer(8))).toMatchObject({ ok: false, code: "notText" });
  });
});

describe("what a server sends", () => {
  test("[SY1] a sync carries epoch, seq, the server's time, the own user and the roster", () => {
    const view = {
      id: "ada",
      name: "Ada",
      picture: null,
      status: "online" as const,
      sinceAt: START_AT - 5,
      lastSeenAt: null,
      ...PLAIN,
    };
    const shared = encodeSharedSync({
      mode: "roster",
      epoch: "e",
      seq: 4,
      now: START_AT,
      timings,
      users: [view],
    });
    expect(decodeServerMessage(encodeSync({ userId: 'he said "hi"', choices: null }, shared))).toEqual({
      type: "sync",
      epoch: "e",
      seq: 4,
      now: START_AT,
      timings,
      self: 'he said "hi"',
      choices: DEFAULT_CHOICES,
      mode: "roster",
      counts: null,
      users: [view],
    });
  });

  test("[SY1] an empty room has a sync", () => {
    const shared = encodeSharedSync({
      mode: "roster",
      epoch: "e",
      seq: 0,
      now: START_AT,
      timings,
      users: [],
    });
    expect(decodeServerMessage(encodeSync({ userId: "ada", choices: null }, shared))).toMatchObject({
      users: [],
    });
  });

  test("[SY4] a diff keeps additions, changes and removals apart, whatever the ids are", () => {
    const view = {
      id: "__proto__",
      name: "P",
      picture: null,
      status: "away" as const,
      sinceAt: START_AT,
      lastSeenAt: null,
      ...PLAIN,
    };
    const diff = {
      seq: 9,
      added: [view],
      changed: [{ id: "constructor", status: "online" as const }],
      removed: ["__proto__"],
    };
    expect(decodeServerMessage(encodeDiff(diff, START_AT))).toEqual({
      type: "diff",
      now: START_AT,
      counts: null,
      ...diff,
    });
  });

  test("[HB1 HB6] pings and echoes are unchanged after encoding and decoding", () => {
    for (const message of [
      { type: "ping", now: 5 },
      { type: "echo", at: 1, now: 5 },
    ] as const) {
      expect(decodeServerMessage(encodeServerMessage(message))).toEqual(message);
    }
  });

  test("[SE3] an unknown error code of a later server is decoded as malformed", () => {
    const text = '{"type":"error","code":"tooBlue","detail":"no such colour"}';
    expect(decodeServerMessage(text)).toEqual({ type: "error", code: "malformed", detail: "no such colour" });
  });

  test.each([
    [
      "another version",
      `{"type":"sync","version":2,"self":"a","timings":${JSON.stringify(timings)},"epoch":"e","seq":1,"now":1,"users":[]}`,
    ],
    ["a row that is no list", '{"type":"diff","seq":1,"now":1,"users":[{"id":"a"}]}'],
    ["a row that names nobody", '{"type":"diff","seq":1,"now":1,"users":[[null,"Ada",2,0]]}'],
    ["a status that does not exist", '{"type":"diff","seq":1,"now":1,"users":[["a",{"status":7}]]}'],
    ["a change that is null", '{"type":"diff","seq":1,"now":1,"users":[["a",null]]}'],
    ["no JSON", "{"],
  ])("[SE3] %s is not understood, and does not throw", (_, data) => {
    expect(decodeServerMessage(data)).toBeNull();
  });

  test("[SE3] no data makes decoding throw", () => {
    const row = fc.array(fc.oneof(fc.string(), fc.integer(), fc.anything()), { maxLength: 9 });
    const looksLikeDiff = fc
      .record({ type: fc.constant("diff"), seq: fc.nat(), now: fc.integer(), users: fc.array(row) })
      .map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.json(), looksLikeDiff), (data) => {
        decodeServerMessage(data);
      }),
      { numRuns: 200 },
    );
  });
});
