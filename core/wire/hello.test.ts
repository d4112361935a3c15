import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { helloParams, readHello, type Hello } from "./hello";
import { PROTOCOL_VERSION } from "./protocol";
import { SCOPE_KINDS } from "../shared/scope";

const read = (params: Record<string, string>) => readHello(new URLSearchParams(params));
const good = { v: String(PROTOCOL_VERSION), client: "page-1_A" };

describe("hello", () => {
  test("[SE3] a hello is unchanged after encoding and decoding", () => {
    const ms = fc.nat({ max: 31_536_000_000 });
    const hello: fc.Arbitrary<Hello> = fc.record({
      clientId: fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/),
      activity: fc.record({ idleMs: ms, hiddenMs: fc.option(ms) }),
      observe: fc.boolean(),
      scope: fc.constantFrom(...SCOPE_KINDS),
      resumeFrom: fc.option(fc.record({ epoch: fc.string({ maxLength: 64 }), seq: fc.nat() })),
    });
    fc.assert(
      fc.property(hello, (said) => {
        expect(readHello(new URLSearchParams(helloParams(said)))).toEqual({ ok: true, hello: said });
      }),
    );
  });

  test("any measured duration is encoded as valid whole milliseconds", () => {
    const measured = fc.double({ noNaN: true });
    fc.assert(
      fc.property(measured, measured, (idleMs, hiddenMs) => {
        const params = helloParams({ clientId: "page", activity: { idleMs, hiddenMs }, observe: false });
        expect(read(params)).toMatchObject({ ok: true });
      }),
    );
  });

  test("[ST2] an idle or hidden time beyond a year counts as a year", () => {
    const year = 365 * 24 * 3_600_000;
    const result = read({ ...good, idle: "99999999999", hidden: String(year + 1) });
    expect(result).toMatchObject({ hello: { activity: { idleMs: year, hiddenMs: year } } });
  });

  test("[ST2] a client without activity fields is active and visible", () => {
    expect(read(good)).toEqual({
      ok: true,
      hello: {
        clientId: "page-1_A",
        activity: { idleMs: 0, hiddenMs: null },
        observe: false,
        scope: "roster",
        resumeFrom: null,
      },
    });
  });

  test("another version is refused with its own reason, before anything else is checked", () => {
    expect(read({})).toMatchObject({ ok: false, reason: "version" });
    expect(read({ ...good, v: "1", idle: "x" })).toMatchObject({ ok: false, reason: "version" });
  });

  test.each<[string, Record<string, string>]>([
    ["no client id", { client: "" }],
    ["a client id with a blank", { client: "a b" }],
    ["a client id too long", { client: "x".repeat(129) }],
    ["a negative idle time", { idle: "-1" }],
    ["an idle time with an exponent", { idle: "1e3" }],
    ["an idle time with a fraction", { idle: "0.5" }],
    ["a scope that is none", { scope: "pages" }],
    ["a sequence number that is none", { epoch: "e", seq: "-1" }],
    ["an epoch too long", { epoch: "x".repeat(65), seq: "1" }],
    ["an idle time too long", { idle: "9".repeat(12) }],
    ["a hidden time that is none", { hidden: "" }],
    ["an observe that is neither 0 nor 1", { observe: "true" }],
  ])("[SE3] %s is malformed", (_, change) => {
    expect(read({ ...good, ...change })).toMatchObject({ ok: false, reason: "malformed" });
  });

  test("[SE2] identity and role in the query are not read", () => {
    const result = read({ ...good, sub: "bob", role: "admin", __proto__: "x" });
    expect(result.ok && Object.keys(result.hello).toSorted()).toEqual([
      "activity",
      "clientId",
      "observe",
      "resumeFrom",
      "scope",
    ]);
  });

  test("[SE3] no query makes reading throw", () => {
    const pairs = fc.array(
      fc.tuple(
        fc.oneof(fc.constantFrom("v", "client", "idle", "hidden", "__proto__"), fc.string()),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(pairs, (each) => {
        readHello(new URLSearchParams([["v", good.v], ...each]));
      }),
    );
  });
});
