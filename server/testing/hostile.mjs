// What hostile clients send, by structure: valid messages with something wrong in them rather than noise
// alone, which the first look at a frame would refuse. For tests and for the bench.
import fc from "fast-check";

/** Text that must never reach another client: it stands in most of what is made here. */
export const MARK = "HOSTILE";

/** Ids and keys that have broken others' servers. */
export const EVIL_IDS = [
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "then",
  "null",
  "undefined",
  "NaN",
  "0",
  "-1",
  "*",
  "..",
  "../../etc/passwd",
  "a/b?c#d",
  "%00",
  "%E0%A4%A",
  "<script>alert(1)</script>",
  "' OR 1=1 --",
  "\u0000",
  "\r\nx-rollcall-audience: admin",
  "\u202Egnp.exe",
  "é",
  "e\u0301",
  "👩‍🚀",
  "𝕒",
  "\uFEFF",
  " ",
  "x".repeat(128),
];

/** Half characters can neither be sent nor be put into an address. @param {string} text */
export const wellFormed = (text) => text.replace(/\p{Surrogate}/gu, "\uFFFD");

/** @typedef {{ readonly kind: string, readonly data: string | Uint8Array, readonly binary: boolean }} Frame */

const TYPES = ["pong", "activity", "probe", "resync", "leaving", "signOut"];
const number = fc.oneof(
  fc.constantFrom(0, -0, -1, 1e308, -1e308, 2 ** 53, 2 ** 63, 5e-324, 0.1, Number.MAX_SAFE_INTEGER),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const age = fc.oneof(fc.nat({ max: 1_000_000 }), fc.double({ min: 0, max: 1e10, noNaN: true }));
const activity = fc.record({ idleMs: age, hiddenMs: fc.option(age) });

/** @param {string} type */
const ofType = (type) => activity.map(({ idleMs, hiddenMs }) => ({ type, at: idleMs * 7, idleMs, hiddenMs }));

const scope = fc.oneof(
  fc.constantFrom("roster", "summary", "none").map((kind) => ({ type: "scope", scope: kind })),
  fc.record({
    type: fc.constant("scope"),
    scope: fc.constant("users"),
    ids: fc.array(fc.constantFrom(...EVIL_IDS), { maxLength: 30 }),
    counts: fc.boolean(),
  }),
);
const page = fc.record({
  type: fc.constant("page"),
  request: fc.integer(),
  query: fc.record({
    query: fc.constantFrom(...EVIL_IDS),
    sort: fc.constantFrom("name", "status", "lastSeen", "since", "connections"),
    descending: fc.boolean(),
    offset: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    limit: fc.integer({ min: 1, max: 200 }),
  }),
});
/** What is chosen in order may be shown to others, and so bears no mark. */
const choose = fc.record(
  {
    type: fc.constant("choose"),
    request: fc.integer(),
    availability: fc.constantFrom("auto", "away", "dnd", "invisible"),
    availabilityUntilAt: fc.option(age),
    hideLastSeen: fc.boolean(),
    message: fc.option(
      fc.record({
        emoji: fc.constantFrom(null, "🎧", "👩‍🚀", "🇳🇿"),
        text: fc.constantFrom("", "Lunch", "\u202Eyppah", "<b>", "漢".repeat(80)),
        untilAt: fc.option(age),
      }),
    ),
  },
  { requiredKeys: ["type", "request"] },
);

/** Messages that are in order; those which end a connection are rare, or it would hear nothing else. */
const valid = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom("pong", "activity", "probe", "resync").chain(ofType) },
  { weight: 8, arbitrary: fc.oneof(scope, page, choose) },
  { weight: 1, arbitrary: fc.constantFrom("leaving", "signOut").chain(ofType) },
);

const odd = fc.oneof(
  fc.jsonValue(),
  number,
  fc.constantFrom(null, true, "", [], {}, MARK, "1", "NaN", "Infinity", "\ud800", "\udc00\ud800", "-1"),
  fc.constantFrom(...EVIL_IDS),
);

const FIELDS = [
  "type",
  "at",
  "idleMs",
  "hiddenMs",
  "sub",
  "role",
  "scope",
  "ids",
  "request",
  "query",
  "availability",
  "availabilityUntilAt",
  "message",
  "hideLastSeen",
];

/** A valid message with one field of any name replaced or added. */
const wrongField = fc
  .tuple(valid, fc.constantFrom(...FIELDS, ...EVIL_IDS), odd)
  .map(([message, key, value]) => {
    const own = Object.entries(message).filter(([name]) => name !== key);
    // Written as text, since an object's own `__proto__` is none.
    const fields = [...own, [key, value]].map(
      ([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`,
    );
    return `{${fields.join(",")}}`;
  });

const numbers = [
  "1e999",
  "-1e999",
  "NaN",
  "Infinity",
  "-0",
  "1e-999",
  "0x10",
  "9".repeat(400),
  "-1",
  "1e400",
  "01",
];
const wrongNumber = fc
  .tuple(fc.constantFrom(...TYPES), fc.constantFrom(...numbers), fc.constantFrom("at", "idleMs", "hiddenMs"))
  .map(([type, text, field]) => {
    const fields = { at: "1", idleMs: "0", hiddenMs: "null", [field]: text };
    return `{"type":"${type}",${Object.entries(fields)
      .map(([name, each]) => `"${name}":${each}`)
      .join(",")}}`;
  });

const deep = fc
  .tuple(
    fc.constantFrom("[", '{"a":', '{"type":', '{"__proto__":'),
    fc.integer({ min: 1, max: 2_000 }),
    fc.boolean(),
  )
  .map(([open, times, closed]) => {
    const close = open.startsWith("[") ? "]" : "}";
    return open.repeat(times) + (closed ? `1${close.repeat(times)}` : "");
  });

const truncated = fc
  .tuple(valid, fc.nat({ max: 60 }))
  .map(([message, at]) => JSON.stringify(message).slice(0, at));
const doubled = fc.tuple(valid, valid).map((two) => two.map((each) => JSON.stringify(each)).join("\n"));
const noise = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.json(), fc.constant(MARK));
const oversized = fc
  .tuple(valid, fc.oneof(fc.integer({ min: 4_000, max: 5_000 }), fc.integer({ min: 5_000, max: 100_000 })))
  .map(([message, length]) => JSON.stringify({ ...message, padding: MARK.repeat(length / MARK.length) }));
const manyBytes = fc
  .tuple(fc.constantFrom("漢", "🦊", "é"), fc.integer({ min: 1, max: 900 }))
  .map(([character, times]) => JSON.stringify({ type: MARK + character.repeat(times) }));

/** @param {string} kind @returns {(data: string) => Frame} */
const asText = (kind) => (data) => ({ kind, data: wellFormed(data), binary: false });

/** One frame of a hostile client. @type {fc.Arbitrary<Frame>} */
export const hostileFrame = fc.oneof(
  { weight: 8, arbitrary: valid.map((message) => JSON.stringify(message)).map(asText("valid")) },
  { weight: 4, arbitrary: wrongField.map(asText("wrong field")) },
  { weight: 2, arbitrary: wrongNumber.map(asText("wrong number")) },
  { weight: 1, arbitrary: deep.map(asText("deep")) },
  { weight: 1, arbitrary: truncated.map(asText("truncated")) },
  { weight: 1, arbitrary: doubled.map(asText("two in one")) },
  { weight: 1, arbitrary: noise.map(asText("noise")) },
  { weight: 1, arbitrary: oversized.map(asText("oversized")) },
  { weight: 1, arbitrary: manyBytes.map(asText("many bytes")) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 500 }).map((data) => ({ kind: "binary", data, binary: true })),
  },
);

const param = fc.oneof(
  fc.constantFrom(...EVIL_IDS, MARK, "", "0", "1", "-1", "1e3", "99999999999", "999999999999", "true"),
  fc.string({ unit: "binary", maxLength: 200 }),
);

/** The query of a hostile connect, without its token. @type {fc.Arbitrary<[string, string][]>} */
export const hostileQuery = fc
  .tuple(
    fc.constantFrom("1", "1", "1", "1", "2", "", "01", "NaN"),
    fc.array(
      fc.tuple(
        fc.constantFrom(
          "client",
          "idle",
          "hidden",
          "observe",
          "_pk",
          "v",
          "token2",
          "role",
          "sub",
          "__proto__",
        ),
        param,
      ),
      { maxLength: 6 },
    ),
  )
  .map(([v, rest]) => [["v", v], ...rest]);

/**
 * @typedef {{ readonly method: string, readonly path: string, readonly headers: Record<string, string>, readonly body: string | null }} HostileRequest
 */

/** Percent-encoded as it should be, or not quite. */
const segment = fc.oneof(
  fc.constantFrom(...EVIL_IDS).map((id) => encodeURIComponent(id)),
  fc.string({ unit: "binary", maxLength: 40 }).map((text) => encodeURIComponent(wellFormed(text))),
  fc.constantFrom(
    "%",
    "%%",
    "%2",
    "%zz",
    "%00",
    "%2F",
    "%2e%2e",
    "%E0%A4%A",
    "%C0%80",
    "%ED%A0%80",
    "%FF",
    "..",
    ".",
    "",
    ";",
    "@",
    ":",
  ),
  fc.constantFrom("users", "query", "history", "connections", "summary", "stats", "rooms", "main"),
);
/** @param {string} room */
const paths = (room) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .array(segment, { maxLength: 5 })
        .map((rest) => ["", "parties", "main", room, ...rest].join("/")),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(segment, fc.array(segment, { maxLength: 3 }))
        .map(([id, rest]) => ["", "parties", "main", room, "users", id, ...rest].join("/")),
    },
    {
      weight: 2,
      arbitrary: fc
        .array(segment, { maxLength: 3 })
        .map((rest) => ["", "parties", "directory", "main", ...rest].join("/")),
    },
    { weight: 2, arbitrary: fc.array(segment, { maxLength: 5 }).map((all) => `/${all.join("/")}`) },
    {
      weight: 1,
      arbitrary: fc.array(segment, { maxLength: 4 }).map((rest) => ["", "parties", ...rest].join("/")),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "/health",
        "/metrics",
        "/parties",
        "/parties/main",
        `/party/${room}`,
        `/parties/main/${room}/summary/`,
      ),
    },
  );

const cursor = fc.oneof(
  fc.base64String({ maxLength: 2_000 }),
  fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString("base64url")),
  fc
    .constantFrom(...EVIL_IDS)
    .map((id) => Buffer.from(JSON.stringify(["room", id, id])).toString("base64url")),
);
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        "ids",
        "limit",
        "cursor",
        "q",
        "status",
        "from",
        "to",
        "step",
        "token",
        "_pk",
        "__proto__",
      ),
      fc.oneof(
        param,
        cursor,
        fc.constantFrom(...numbers),
        fc.constantFrom("275760-09-13T00:00:01Z", "-1", "999999999999999", "1", "online"),
      ),
    ),
    { maxLength: 5 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(wellFormed(value))}`).join("&"));

const body = fc.oneof(
  fc.constant(null),
  fc.json(),
  fc.array(odd, { maxLength: 20 }).map((ids) => JSON.stringify({ ids })),
  fc.array(fc.constantFrom(...EVIL_IDS), { maxLength: 20 }).map((ids) => JSON.stringify({ ids })),
  fc.string({ unit: "binary", maxLength: 500 }),
  deep,
);

/**
 * One request of a hostile client to a server with this room.
 * @param {string} room
 * @param {readonly string[]} authorizations what it may present
 * @returns {fc.Arbitrary<HostileRequest>}
 */
export const hostileRequest = (room, authorizations) =>
  fc.record({
    method: fc.constantFrom("GET", "GET", "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"),
    path: fc.tuple(paths(room), query).map(([path, search]) => (search === "" ? path : `${path}?${search}`)),
    headers: fc.record(
      {
        authorization: fc.oneof(
          fc.constantFrom(...authorizations),
          fc.constantFrom("Bearer", "Bearer  ", "Basic eDp5", "bearer x y", "x".repeat(2_000)),
        ),
        "content-type": fc.constantFrom("application/json", "text/html", "multipart/form-data", "x"),
        accept: fc.constantFrom("text/html", "*/*", "application/json;q=0"),
        cookie: fc.constantFrom("rollcall_admin=x", "x".repeat(500)),
        "x-rollcall-audience": fc.constantFrom("admin", "member", "__proto__"),
        "x-rollcall-admission": fc.constantFrom("%7B%7D", "{", "%", MARK),
        range: fc.constantFrom("bytes=0-1", "bytes=-1"),
        "if-none-match": fc.constant("*"),
      },
      { requiredKeys: [] },
    ),
    body,
  });

/**
 * So many values of an arbitrary, the same for the same seed.
 * @template T
 * @param {fc.Arbitrary<T>} arbitrary
 * @param {number} seed
 * @param {number} count
 * @returns {T[]}
 */
export const samples = (arbitrary, seed, count) => fc.sample(arbitrary, { seed, numRuns: count });
