import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from "jose";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type ProviderAlgorithm = "RS256" | "ES256" | "EdDSA";

interface Key {
  readonly kid: string;
  readonly alg: ProviderAlgorithm;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

const ISSUER = "https://id.example.com/";
const AUDIENCE = "presence";

/** An identity provider on loopback: keys at an address, and tokens signed with them. */
export interface TestProvider {
  readonly env: Readonly<Record<string, string>>;
  /** How often its keys have been asked for. */
  readonly asked: () => number;
  /** Answers with this status instead of keys; null to be well again. */
  fail(status: number | null): void;
  /** Takes a key of its set back and puts a new one there. */
  rotate(alg: ProviderAlgorithm): Promise<void>;
  /** The public key as text, which a forger would use as a secret. */
  publicText(alg: ProviderAlgorithm): string;
  sign(claims: JWTPayload, options?: SignOptions): Promise<string>;
  close(): void;
}

export interface SignOptions {
  readonly alg?: ProviderAlgorithm;
  /** What the header names instead of the key's id. */
  readonly kid?: string;
  /** Seconds from now. */
  readonly issuedIn?: number;
  readonly expiresIn?: number;
}

export async function testProvider(): Promise<TestProvider> {
  const keys = new Map<ProviderAlgorithm, Key>();
  for (const alg of ["RS256", "ES256", "EdDSA"] as const) keys.set(alg, await makeKey(alg));
  let failing: number | null = null;
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    if (failing !== null) return response.writeHead(failing).end();
    response.setHeader("content-type", "application/jwk-set+json");
    return response.end(JSON.stringify({ keys: [...keys.values()].map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const keyOf = (alg: ProviderAlgorithm): Key => keys.get(alg) as Key;
  return {
    env: {
      ROLLCALL_JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
      ROLLCALL_TOKEN_ISSUER: ISSUER,
      ROLLCALL_TOKEN_AUDIENCE: AUDIENCE,
    },
    asked: () => asked,
    fail: (status) => void (failing = status),
    rotate: async (alg) => void keys.set(alg, await makeKey(alg)),
    publicText: (alg) => JSON.stringify(keyOf(alg).jwk),
    sign: async (claims, { alg = "RS256", kid, issuedIn = 0, expiresIn = 3_600 } = {}) => {
      const key = keyOf(alg);
      const now = Math.floor(Date.now() / 1_000);
      const payload = {
        iss: ISSUER,
        aud: AUDIENCE,
        name: "Ada",
        rooms: ["*"],
        iat: now + issuedIn,
        exp: now + expiresIn,
        ...claims,
      };
      return await new SignJWT(payload).setProtectedHeader({ alg, kid: kid ?? key.kid }).sign(key.privateKey);
    },
    close: () => void server.close(),
  };
}

async function makeKey(alg: ProviderAlgorithm): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}
