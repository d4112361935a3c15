import { describe, expect, test } from "vitest";
import { readProvider } from "./provider";

const SET = {
  ROLLCALL_JWKS_URL: "https://id.example.com/keys",
  ROLLCALL_TOKEN_ISSUER: "https://id.example.com/",
  ROLLCALL_TOKEN_AUDIENCE: "presence",
};

describe("the identity provider's settings", () => {
  test("[SE1] without any there is no provider", () => {
    expect(readProvider({ ROLLCALL_JWKS_URL: "" })).toBeNull();
  });

  test("[SE1] three are enough, and without the others nothing opens a room or makes an admin", () => {
    expect(readProvider(SET)).toEqual({
      jwksUrl: "https://id.example.com/keys",
      issuer: "https://id.example.com/",
      audience: "presence",
      maxLifetimeS: 86_400,
      mapping: { name: null, rooms: "rooms", defaultRooms: [], admin: null },
    });
  });

  test("[SE1] all of them count", () => {
    const all = {
      ...SET,
      ROLLCALL_TOKEN_LIFETIME_MS: "3600000",
      ROLLCALL_NAME_CLAIM: "nickname",
      ROLLCALL_ROOMS_CLAIM: "groups",
      ROLLCALL_DEFAULT_ROOMS: "lobby, team",
      ROLLCALL_ROLE_CLAIM: "app.role",
      ROLLCALL_ADMIN_VALUE: "owner",
    };
    expect(readProvider(all)).toMatchObject({
      maxLifetimeS: 3_600,
      mapping: {
        name: "nickname",
        rooms: "groups",
        defaultRooms: ["lobby", "team"],
        admin: { claim: "app.role", value: "owner" },
      },
    });
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ ROLLCALL_TOKEN_ISSUER: "" }, /^ROLLCALL_TOKEN_ISSUER is missing/],
    [{ ROLLCALL_TOKEN_AUDIENCE: "  " }, /^ROLLCALL_TOKEN_AUDIENCE is missing/],
    [{ ROLLCALL_JWKS_URL: "" }, /^ROLLCALL_JWKS_URL is missing: ROLLCALL_TOKEN_ISSUER/],
    [{ ROLLCALL_JWKS_URL: "keys" }, /^ROLLCALL_JWKS_URL must be an https address/],
    [{ ROLLCALL_JWKS_URL: "http://id.example.com/keys" }, /^ROLLCALL_JWKS_URL must be an https address/],
    [{ ROLLCALL_JWKS_URL: "http://localhost.example.com/" }, /^ROLLCALL_JWKS_URL must be an https address/],
    [{ ROLLCALL_JWKS_URL: "file:///keys" }, /^ROLLCALL_JWKS_URL must be an https address/],
    [
      { ROLLCALL_TOKEN_LIFETIME_MS: "59999" },
      /^ROLLCALL_TOKEN_LIFETIME_MS must be whole milliseconds from 60000/,
    ],
    [{ ROLLCALL_TOKEN_LIFETIME_MS: "1d" }, /^ROLLCALL_TOKEN_LIFETIME_MS must be/],
    [{ ROLLCALL_DEFAULT_ROOMS: "lobby, my team" }, /^ROLLCALL_DEFAULT_ROOMS must be .* not "my team"/],
    [{ ROLLCALL_ADMIN_VALUE: "owner" }, /^ROLLCALL_ROLE_CLAIM is missing/],
    [{ ROLLCALL_ROLE_CLAIM: "role" }, /^ROLLCALL_ADMIN_VALUE is missing/],
  ])("[HB8] %j is refused with the name of the variable", (env, message) => {
    expect(() => readProvider({ ...SET, ...env })).toThrow(message);
  });

  test("[SE1] keys over plain http are accepted only from this machine", () => {
    for (const host of ["127.0.0.1:8080", "localhost", "[::1]"])
      expect(readProvider({ ...SET, ROLLCALL_JWKS_URL: `http://${host}/keys` })).not.toBeNull();
  });
});
