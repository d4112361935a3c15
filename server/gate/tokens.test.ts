import { SignJWT } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import { DEFAULT_LIMITS } from "../../core/shared/limits";
import { Tokens, type TokenSettings } from "./tokens";

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

const newTokens = (): Tokens => new Tokens({ now: () => Date.now(), log: () => undefined });

afterEach(() => vi.restoreAllMocks());

test("[SE1] the secret is imported once, however many tokens are verified", async () => {
  const secret = "s".repeat(40);
  const token = await sign(secret);
  const tokens = newTokens();
  const imports = vi.spyOn(crypto.subtle, "importKey");
  for (let i = 0; i < 5; i += 1)
    expect(await tokens.verify(token, settings(secret))).toMatchObject({ ok: true });
  expect(imports).toHaveBeenCalledOnce();
});

test("[SE1] a cached key verifies no token of another secret", async () => {
  const [one, other] = ["a".repeat(40), "b".repeat(40)] as const;
  const token = await sign(one);
  const tokens = newTokens();
  expect(await tokens.verify(token, settings(one))).toMatchObject({ ok: true });
  expect(await tokens.verify(token, settings(other))).toMatchObject({ ok: false, reason: "refused" });
  expect(await tokens.verify(token, settings(one))).toMatchObject({ ok: true });
});
