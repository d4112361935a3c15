import { SignJWT } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import { DEFAULT_LIMITS } from "../../core/shared/limits";
import { verifyToken, type TokenSettings } from "./tokens";

const sign = (secret: string): Promise<string> =>
  new SignJWT({ name: "Ada", rooms: ["lobby"] })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("ada")
    .setAudience("rollcall")
    .setIssuedAt()
    .setExpirationTime("2m")
    .sign(new TextEncoder().encode(secret));

const settings = (tokenSecret: string): TokenSettings => ({
  tokenSecret,
  provider: null,
  limits: DEFAULT_LIMITS,
});

afterEach(() => vi.restoreAllMocks());

test("[SE1] the secret is imported once, however many tokens are verified", async () => {
  const secret = "s".repeat(40);
  const token = await sign(secret);
  const imports = vi.spyOn(crypto.subtle, "importKey");
  for (let i = 0; i < 5; i += 1)
    expect(await verifyToken(token, settings(secret))).toMatchObject({ ok: true });
  expect(imports).toHaveBeenCalledOnce();
});

test("[SE1] a key that is kept verifies no token of another secret", async () => {
  const [one, other] = ["a".repeat(40), "b".repeat(40)] as const;
  const token = await sign(one);
  expect(await verifyToken(token, settings(one))).toMatchObject({ ok: true });
  expect(await verifyToken(token, settings(other))).toMatchObject({ ok: false, reason: "refused" });
  expect(await verifyToken(token, settings(one))).toMatchObject({ ok: true });
});
