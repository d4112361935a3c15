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
      /** The signer. The app's own tokens open rooms. A provider's tokens also sign users in. */
      readonly issuedBy: "app" | "provider";
    }
  | { readonly ok: false; readonly reason: TokenFault; readonly detail: string };

/**
 * Why a token is refused: its times, the length of the user's name or picture (SE4), or anything else. `unavailable`
 * says nothing about the token: the keys to verify it could not be fetched.
 */
type TokenFault = TimeFault["reason"] | "tooLong" | "refused" | "unavailable";

/** The settings for judging tokens. */
export type TokenSettings = Pick<Settings, "tokenSecret" | "provider" | "limits">;

/**
 * `judgeTimes` checks the times instead of jose, which has one tolerance for both directions and no error for a clock
 * that is ahead.
 */
const ANY_TIME = { clockTolerance: Number.MAX_SAFE_INTEGER };

/** The longest token of a provider. Longer tokens are not decoded (SE4). */
const TOKEN_LENGTH = 16_384;

/** A provider's signature algorithms. Not HMAC, because the keys are public. */
const PROVIDER_ALGORITHMS = ["RS256", "ES256", "EdDSA"];

const REQUIRED_CLAIMS = ["sub", "iat", "exp"];

/** Verifies tokens (SE1), and caches the keys. */
export class Tokens {
  #secret: { readonly text: string; readonly key: CryptoKey } | undefined;
  #header = { encoded: "", alg: undefined as string | undefined };
  readonly #providerKeys: ProviderKeys;

  constructor(readonly host: Pick<ProcessHost, "now" | "log">) {
    this.#providerKeys = new ProviderKeys(host);
  }

  /**
   * Verifies a token and reads its claims: one of the app (HS256, with the secret), or of the identity provider (with
   * its public keys). Never throws, and never repeats the token.
   */
  async verify(token: string | null, settings: TokenSettings): Promise<TokenResult> {
    if (!token) return refuse("a token is needed");
    if (token.length > TOKEN_LENGTH) return refuse(`a token may have ${TOKEN_LENGTH} characters`);
    try {
      const alg = this.#algorithmOf(token);
      // Only the algorithm selects the key, and each key is used only with its own algorithms. So a forged header
      // cannot make a public key serve as a secret.
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

  /**
   * Reads the algorithm in a token's header. The last header is cached, because all tokens of an issuer have the same.
   * @throws
   */
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

  /**
   * The secret as a key. It is imported once, because jose would import it for each token, at a large part of the cost.
   */
  async #keyOf(secret: string): Promise<CryptoKey> {
    if (this.#secret?.text !== secret) {
      const bytes = new TextEncoder().encode(secret);
      const algorithm = { name: "HMAC", hash: "SHA-256" };
      // The key, not a promise: workerd forbids one request to await a promise of another.
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
