import { decodeProtectedHeader, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { claimsSchema, TOKEN_AUDIENCE } from "../core/shared/claims";
import { createToken, type TokenInput } from "./create-token";

const secret = "a secret that is long enough for a test";
const input: TokenInput = { user: { id: "u1", name: "Ann" }, rooms: ["lobby"], secret };

async function claimsOf(token: string): Promise<Record<string, unknown>> {
  const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), { audience: TOKEN_AUDIENCE });
  return payload;
}

test("[SE1] a token has the user, the rooms and the role, is signed, and lives two minutes", async () => {
  const token = await createToken({
    ...input,
    user: { id: "u1", name: "Ann", picture: "https://example.com/ann.png" },
    role: "admin",
    sessionId: "s1",
  });
  expect(decodeProtectedHeader(token).alg).toBe("HS256");
  const claims = await claimsOf(token);
  expect(claims).toMatchObject({
    sub: "u1",
    name: "Ann",
    picture: "https://example.com/ann.png",
    rooms: ["lobby"],
    role: "admin",
    sid: "s1",
    aud: TOKEN_AUDIENCE,
  });
  expect(Number(claims["exp"]) - Number(claims["iat"])).toBe(120);
});

test("[SE1] by default it is a member's, without picture and session, and the room server reads it", async () => {
  const claims = await claimsOf(await createToken(input));
  expect(claims).toMatchObject({ role: "member", picture: null });
  expect(claims).not.toHaveProperty("sid");
  expect(claimsSchema["~standard"].validate(claims)).not.toHaveProperty("issues");
});

test.each<[RegExp, Partial<TokenInput>]>([
  [/secret must have 32 characters or more/, { secret: "short" }],
  [/secret must have 32 characters or more/, { secret: undefined as unknown as string }],
  [/lifetimeSeconds must be a whole number from 1 to 900: not 901/, { lifetimeSeconds: 901 }],
  [/lifetimeSeconds/, { lifetimeSeconds: 0.5 }],
  [/user\.id is not valid/, { user: { id: "", name: "Ann" } }],
  [/user\.name is not valid/, { user: { id: "u1", name: "x".repeat(81) } }],
  [/user\.picture is not valid/, { user: { id: "u1", name: "Ann", picture: "http://example.com/x.png" } }],
  [/rooms/, { rooms: [] }],
  [/rooms/, { rooms: ["a/b"] }],
  [/sessionId is not valid/, { sessionId: "" }],
])("[SE1] an invalid input is refused: %s", async (message, over) => {
  await expect(createToken({ ...input, ...over })).rejects.toThrow(message);
});

test("[SE1] an error never repeats the secret", async () => {
  const error = await createToken({ ...input, secret: "tiny-secret" }).catch(String);
  expect(error).not.toContain("tiny-secret");
});
