import { decodeProtectedHeader, jwtVerify, type JWTPayload } from "jose";
import {
  MAX_TOKEN_LIFETIME_S,
  readClaims,
  TOKEN_AUDIENCE,
  type Claims,
  type ClaimsResult,
} from "../../core/shared/claims";
import { readProviderClaims } from "../../core/shared/provider-claims";
import { judgeTimes, type TimeFault } from "../../core/shared/token-times";
import { KeysUnavailableError, ProviderKeys } from "./keys";
import type { ProcessHost } from "../host";
import type { Provider } from "../provider";
import type { Settings } from "../settings";

export type TokenResult =
  | {
      readonly ok: true;
      readonly claims: Claims;
      /** Who signed it. The app's own tokens open rooms; a provider's also sign people in. */
      readonly issuedBy: "app" | "provider";
    }
  | { readonly ok: false; readonly reason: TokenFault; readonly detail: string };

/**
 * What is wrong with a token: its instants, the length of what it says of its user (SE4), or anything else.
 * `unavailable` says nothing about the token: the keys that verify it could not be fetched.
 */
type TokenFault = TimeFault["reason"] | "tooLong" | "refused" | "unavailable";

/** What tokens are judged by. */
export type TokenSettings = Pick<Settings, "tokenSecret" | "provider" | "limits">;

/** `judgeTimes` alone judges instants: jose has one tolerance for both directions, and no fault for a clock ahead. */
const ANY_TIME = { clockTolerance: Number.MAX_SAFE_INTEGER };

/** No provider's token is longer; what is longer is not decoded (SE4). */
const TOKEN_LENGTH = 16_384;

/** What a provider may sign with. No HMAC: its keys are public. */
const PROVIDER_ALGORITHMS = ["RS256", "ES256", "EdDSA"];

const REQUIRED_CLAIMS = ["sub", "iat", "exp"];

/** Verifies tokens (SE1). Keeps the keys that verify them. */
export class Tokens {
  #secret: { readonly text: string; readonly key: CryptoKey } | undefined;
  #header = { encoded: "", alg: undefined as string | undefined };
  readonly #providerKeys: ProviderKeys;

  constructor(readonly host: Pick<ProcessHost, "now" | "log">) {
    this.#providerKeys = new ProviderKeys(host);
  }

  /**
   * Verifies a token and reads its claims: one of the app's own (HS256, by the secret), or of the identity provider
   * (by its public keys). Never throws, and never repeats the token.
   */
  async verify(token: string | null, settings: TokenSettings): Promise<TokenResult> {
    if (!token) return refuse("a token is needed");
    if (token.length > TOKEN_LENGTH) return refuse(`a token may have ${TOKEN_LENGTH} characters`);
    try {
      const alg = this.#algorithmOf(token);
      // The algorithm alone selects the key, and each key is used with its own algorithms only. So no public key can pass
      // for a secret, whatever a forger writes into the header.
      if (alg === "HS256") return await this.#verifyOwn(token, settings);
      if (settings.provider !== null && PROVIDER_ALGORITHMS.includes(alg ?? "")) {
        return await this.#verifyProviders(token, settings.provider, settings);
      }
      return refuse("the token is not valid");
    } catch (error) {
      if (error instanceof KeysUnavailableError)
        return { ok: false, reason: "unavailable", detail: error.message };
      return refuse("the token is not valid");
    }
  }

  /** The algorithm that a token's header names. All tokens of one issuer have the same header, so the last one is kept. @throws */
  #algorithmOf(token: string): string | undefined {
    const encoded = token.split(".", 1)[0] ?? "";
    if (encoded !== this.#header.encoded) this.#header = { encoded, alg: decodeProtectedHeader(token).alg };
    return this.#header.alg;
  }

  async #verifyOwn(token: string, { tokenSecret, limits }: TokenSettings): Promise<TokenResult> {
    const { payload } = await jwtVerify(token, await this.#keyOf(tokenSecret), {
      algorithms: ["HS256"],
      audience: TOKEN_AUDIENCE,
      requiredClaims: REQUIRED_CLAIMS,
      ...ANY_TIME,
    });
    return this.#judge("app", readClaims(payload, limits), payload, MAX_TOKEN_LIFETIME_S);
  }

  /** The secret as a key, imported once: jose would import it for each token, which is a good part of the cost of verifying one. */
  async #keyOf(secret: string): Promise<CryptoKey> {
    if (this.#secret?.text !== secret) {
      const bytes = new TextEncoder().encode(secret);
      const algorithm = { name: "HMAC", hash: "SHA-256" };
      // The key and no promise of it: workerd forbids one request to wait for what another has begun.
      const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["verify"]);
      this.#secret = { text: secret, key };
    }
    return this.#secret.key;
  }

  async #verifyProviders(
    token: string,
    { jwksUrl, issuer, audience, maxLifetimeS, mapping }: Provider,
    { limits }: TokenSettings,
  ): Promise<TokenResult> {
    const { payload } = await jwtVerify(token, this.#providerKeys.at(jwksUrl), {
      algorithms: PROVIDER_ALGORITHMS,
      issuer,
      audience,
      requiredClaims: REQUIRED_CLAIMS,
      ...ANY_TIME,
    });
    return this.#judge("provider", readProviderClaims(payload, mapping, limits), payload, maxLifetimeS);
  }

  #judge(
    issuedBy: "app" | "provider",
    result: ClaimsResult,
    { iat = Number.NaN, exp = Number.NaN, nbf }: JWTPayload,
    maxLifetimeS: number,
  ): TokenResult {
    const fault = judgeTimes({ iat, exp, nbf }, this.host.now() / 1_000, maxLifetimeS);
    if (fault) return { ok: false, ...fault };
    if (result.ok) return { ok: true, claims: result.claims, issuedBy };
    const reason = result.reason === "tooLong" ? "tooLong" : "refused";
    return { ok: false, reason, detail: `the token's ${result.claim} ${result.detail}` };
  }
}

function refuse(detail: string): TokenResult {
  return { ok: false, reason: "refused", detail };
}
