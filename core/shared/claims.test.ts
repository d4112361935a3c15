import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { opensRoom, readClaims } from "./claims";

const good = { sub: "ada", name: "Ada", rooms: ["team"], iat: 1, exp: 2 };

describe("claims", () => {
  test("[SE1] a token without picture, role and sign-in belongs to a member", () => {
    expect(readClaims(good)).toEqual({ ok: true, claims: { ...good, picture: null, role: "member" } });
  });

  test("[SE1] every claim is read, names are trimmed, and unknown fields are left out", () => {
    const all = {
      ...good,
      name: "  Ada ",
      picture: "https://example.com/a.png",
      role: "admin",
      sid: "s",
      extra: 1,
    };
    const { extra: _, ...kept } = all;
    expect(readClaims(all)).toEqual({ ok: true, claims: { ...kept, name: "Ada" } });
  });

  test.each<[string, object, string]>([
    ["an empty id", { sub: "" }, "sub"],
    ["an id too long", { sub: "x".repeat(129) }, "sub"],
    ["an id with a lone surrogate", { sub: "a\ud800" }, "sub"],
    ["a number as id", { sub: 7 }, "sub"],
    ["no name", { name: undefined }, "name"],
    ["an id that no URL can name", { sub: "." }, "sub"],
    ["an id that leads up", { sub: ".." }, "sub"],
    ["an id that is a dot at the second look", { sub: "%2E." }, "sub"],
    ["a name too long", { name: "x".repeat(81) }, "name"],
    ["a picture without encryption", { picture: "http://example.com/a.png" }, "picture"],
    ["a picture that runs", { picture: "javascript:alert(1)" }, "picture"],
    ["a picture with a line break in its URL", { picture: "https://example.com/a\n.png" }, "picture"],
    ["a picture of data", { picture: "data:image/png;base64,AA" }, "picture"],
    ["a picture's URL too long", { picture: `https://example.com/${"x".repeat(1_024)}` }, "picture"],
    ["no rooms", { rooms: [] }, "rooms"],
    ["too many rooms", { rooms: Array.from({ length: 101 }, (_, index) => `room-${index}`) }, "rooms"],
    ["a room that cannot be one", { rooms: ["team", "../admin"] }, "rooms.1"],
    ["an unknown role", { role: "root" }, "role"],
    ["an empty sign-in", { sid: "" }, "sid"],
    ["no expiry", { exp: undefined }, "exp"],
    ["an expiry in words", { exp: "tomorrow" }, "exp"],
  ])("[SE1 SE4] %s is refused by name", (_, change, claim) => {
    expect(readClaims({ ...good, ...change })).toMatchObject({ ok: false, claim });
  });

  test.each<[string, string, string]>([
    ["is cleaned", " Eve\u202E\nnimda ", "Eve nimda"],
    ["is replaced by the id if it has no visible character", "\u200B \u3164", "ada"],
    ["is replaced by the id if it is blank", "   ", "ada"],
    ["loses half characters", "Ad\udc00a", "Ada"],
  ])("[NM1] a name %s", (_, name, expected) => {
    expect(readClaims({ ...good, name })).toMatchObject({ ok: true, claims: { sub: "ada", name: expected } });
  });

  test("[NM1 SE4] an id that replaces a name is cut to the longest name", () => {
    const sub = "x".repeat(128);
    expect(readClaims({ ...good, sub, name: "" })).toMatchObject({ claims: { sub, name: "x".repeat(80) } });
    expect(readClaims({ ...good, sub: "\u200B", name: "\u200B" })).toMatchObject({
      claims: { name: "Unnamed" },
    });
  });

  test("[NM1 SE4] the length of a name counts code points", () => {
    expect(readClaims({ ...good, name: "🦊".repeat(80) })).toMatchObject({ ok: true });
    expect(readClaims({ ...good, name: "🦊".repeat(81) })).toMatchObject({ ok: false, reason: "tooLong" });
  });

  test("[SE4] ids and names at their limits, and unusual ones, are accepted", () => {
    for (const sub of ["x".repeat(128), "__proto__", "👩‍🚀", "a b/c", "...", "%2f", ".a", "connections"]) {
      expect(readClaims({ ...good, sub, name: "x".repeat(80) })).toMatchObject({ ok: true, claims: { sub } });
    }
  });

  test("[SE4] the error of a name or picture that is too long names the limit and the length", () => {
    const limits = { nameLength: 3, pictureLength: 25 };
    const picture = "https://example.com/a.png";
    expect(readClaims({ ...good, picture }, limits)).toMatchObject({ ok: true });
    expect(readClaims({ ...good, name: "Adam" }, limits)).toMatchObject({
      ok: false,
      reason: "tooLong",
      claim: "name",
      detail: "is not valid: it may have 3 characters, and has 4",
    });
    expect(readClaims({ ...good, picture: `${picture}x` }, limits)).toMatchObject({
      reason: "tooLong",
      claim: "picture",
    });
    expect(readClaims({ ...good, sub: 7 }, limits)).toMatchObject({ ok: false, reason: "invalid" });
  });

  test("[SE3] no payload makes reading throw", () => {
    const almost = fc
      .record({ sub: fc.anything(), rooms: fc.anything() })
      .map((claims) => ({ ...good, ...claims }));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), almost), (payload) => {
        const result = readClaims(payload);
        if (!result.ok) expect(result.claim.length).toBeGreaterThan(0);
      }),
    );
  });

  test("[SE2] a token opens the rooms it names, and * opens all", () => {
    expect(opensRoom({ rooms: ["team", "other"] }, "other")).toBe(true);
    expect(opensRoom({ rooms: ["team"] }, "teams")).toBe(false);
    expect(opensRoom({ rooms: ["team"] }, "*")).toBe(false);
    expect(opensRoom({ rooms: ["*"] }, "anything")).toBe(true);
  });
});
