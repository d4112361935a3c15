import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "./limits";
import { readProviderClaims, type ClaimMapping } from "./provider-claims";

const PLAIN: ClaimMapping = { name: null, rooms: "rooms", defaultRooms: [], admin: null };
const good = { sub: "ada", name: "Ada", rooms: ["team"], iat: 1, exp: 2 };

const read = (claims: object, mapping: Partial<ClaimMapping> = {}) =>
  readProviderClaims({ ...good, ...claims }, { ...PLAIN, ...mapping }, DEFAULT_LIMITS);

const claimsOf = (claims: object, mapping: Partial<ClaimMapping> = {}) => {
  const result = read(claims, mapping);
  if (!result.ok) throw new Error(`${result.claim} ${result.detail}`);
  return result.claims;
};

describe("a provider's claims", () => {
  test("[SE1] are read like the app's own, and an unmapped role makes nobody an admin", () => {
    expect(claimsOf({ role: "admin", sid: "s", email: "ada@example.com" })).toEqual({
      ...good,
      picture: null,
      role: "member",
      sid: "s",
    });
  });

  test.each<[string, object, string | null, string]>([
    ["the name", { preferred_username: "ada_l" }, null, "Ada"],
    ["the user name where there is no name", { name: undefined, preferred_username: "ada_l" }, null, "ada_l"],
    ["no address as a name", { name: "ada@example.com", nickname: "ada" }, null, "ada"],
    ["an address that was asked for", { email: "ada@example.com" }, "email", "ada@example.com"],
    ["the next name where one shows nothing", { name: "\u200B", nickname: "ada" }, null, "ada"],
    ["the id where no name shows anything", { name: "\u200B" }, null, "ada"],
    ["a name without what reorders it", { name: "A\u202Eda" }, null, "Ada"],
    ["a name inside another claim", { profile: { display: "Countess" } }, "profile.display", "Countess"],
  ])("[SE1] others read %s", (_, claims, name, expected) => {
    expect(claimsOf(claims, { name }).name).toBe(expected);
  });

  test.each<[string, object, Partial<ClaimMapping>, readonly string[]]>([
    ["a list", { rooms: ["a", "b"] }, {}, ["a", "b"]],
    ["a single name", { org_id: "org_1" }, { rooms: "org_id" }, ["org_1"]],
    ["a list inside another claim", { app: { teams: ["x"] } }, { rooms: "app.teams" }, ["x"]],
    [
      "a claim whose own name has dots",
      { "https://example.com/rooms": ["y"] },
      { rooms: "https://example.com/rooms" },
      ["y"],
    ],
    ["groups, some of which can be no rooms", { groups: ["a", "All staff", 7] }, { rooms: "groups" }, ["a"]],
    ["the default, when nothing is said", { rooms: undefined }, { defaultRooms: ["lobby"] }, ["lobby"]],
    ["every room", { rooms: "*" }, {}, ["*"]],
  ])("[SE1] rooms come from %s", (_, claims, mapping, expected) => {
    expect(claimsOf(claims, mapping).rooms).toEqual(expected);
  });

  test.each<[string, object, Partial<ClaimMapping>, string]>([
    ["no rooms and no default", { rooms: undefined }, {}, "rooms"],
    ["an empty list, whatever the default", { rooms: [] }, { defaultRooms: ["lobby"] }, "rooms"],
    ["an empty text", { rooms: "" }, { defaultRooms: ["lobby"] }, "rooms"],
    ["rooms of no form that is known", { groups: { a: 1 } }, { rooms: "groups" }, "groups"],
    [
      "a path that only an object's prototype has",
      { rooms: undefined },
      { rooms: "constructor.name" },
      "constructor.name",
    ],
    ["no name but an address", { name: "ada@example.com" }, {}, "name"],
    ["no claim of the name's name", {}, { name: "display" }, "display"],
    ["no id", { sub: undefined }, {}, "sub"],
    ["a sign-in id that cannot be remembered", { sid: 7 }, {}, "sid"],
  ])("[SE1] a token with %s is refused by the name of its claim", (_, claims, mapping, claim) => {
    expect(read(claims, mapping)).toMatchObject({ ok: false, reason: "invalid", claim });
  });

  test("[SE4] a name that is too long is refused with its own error", () => {
    expect(read({ name: "x".repeat(81) })).toMatchObject({ ok: false, reason: "tooLong", claim: "name" });
  });

  test.each([
    "http://example.com/a.png",
    "javascript:alert(1)",
    "nonsense",
    7,
    `https://example.com/${"x".repeat(2_000)}`,
  ])("[SE1] the picture %j is left out, and keeps nobody out", (picture) => {
    expect(claimsOf({ picture }).picture).toBeNull();
  });

  test("[SE1] a picture with an https URL is accepted", () => {
    expect(claimsOf({ picture: "https://example.com/a.png" }).picture).toBe("https://example.com/a.png");
  });

  const admin = { claim: "public_metadata.role", value: "owner" };
  test.each<[string, object, ClaimMapping["admin"], string]>([
    ["the value", { public_metadata: { role: "owner" } }, admin, "admin"],
    ["a list with the value", { public_metadata: { role: ["staff", "owner"] } }, admin, "admin"],
    ["a flag", { is_admin: true }, { claim: "is_admin", value: "true" }, "admin"],
    ["another value", { public_metadata: { role: "own" } }, admin, "member"],
    ["a text that contains the value", { public_metadata: { role: "owner of nothing" } }, admin, "member"],
    [
      "an object that reads as the value",
      { public_metadata: { role: { toString: () => "owner" } } },
      admin,
      "member",
    ],
    ["a list in a list", { public_metadata: { role: [["owner"]] } }, admin, "member"],
    ["nothing", {}, admin, "member"],
  ])("[SE2] %s in the claim makes a role", (_, claims, mapped, role) => {
    expect(claimsOf(claims, { admin: mapped }).role).toBe(role);
  });

  test.each([undefined, null])(
    "[SE1] an admin whose token says %s of rooms is a member of the default ones",
    (rooms) => {
      const mapping = { defaultRooms: ["*"], admin: { claim: "role", value: "org:admin" } };
      expect(claimsOf({ rooms, role: "org:admin" }, mapping)).toMatchObject({ rooms: ["*"], role: "member" });
      expect(claimsOf({ rooms: "org_1", role: "org:admin" }, mapping)).toMatchObject({
        rooms: ["org_1"],
        role: "admin",
      });
    },
  );

  test("[SE1] no payload of a provider makes reading throw", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.string(), (payload, path) => {
        const mapping = { name: path, rooms: path, defaultRooms: ["a"], admin: { claim: path, value: "x" } };
        readProviderClaims({ ...payload, ...good }, mapping, DEFAULT_LIMITS);
        readProviderClaims(payload, { ...mapping, name: null }, DEFAULT_LIMITS);
      }),
    );
  });
});
