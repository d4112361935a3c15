import { errors, jwtVerify } from "jose";
import {
  MAX_TOKEN_LIFETIME_S,
  readClaims,
  TOKEN_AUDIENCE,
  type ClaimLimits,
  type Claims,
} from "../core/claims";

export type TokenResult =
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly reason: TokenFault; readonly detail: string };

/** What is wrong with a token: its time, the length of what it says of its user (SE4), or anything else. */
type TokenFault = "expired" | "tooLong" | "refused";

/** Clocks of the app's server and of this one may differ by this much. */
const CLOCK_TOLERANCE_S = 5;

let hmacKey: { readonly secret: string; readonly key: Promise<CryptoKey> } | undefined;

/**
 * The secret as a key, imported once: it never changes while the server runs, and jose would import it anew
 * for each token, which is a good part of what verifying one costs.
 */
function keyOf(secret: string): Promise<CryptoKey> {
  if (hmacKey?.secret !== secret) {
    const bytes = new TextEncoder().encode(secret);
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    hmacKey = { secret, key: crypto.subtle.importKey("raw", bytes, algorithm, false, ["verify"]) };
  }
  return hmacKey.key;
}

/** Verifies a token and reads its claims (SE1). Never throws, and never repeats the token. */
export async function verifyToken(
  token: string | null,
  secret: string,
  limits: ClaimLimits,
): Promise<TokenResult> {
  if (!token) return { ok: false, reason: "refused", detail: "a token is needed" };
  try {
    const { payload } = await jwtVerify(token, await keyOf(secret), {
      algorithms: ["HS256"],
      audience: TOKEN_AUDIENCE,
      requiredClaims: ["sub", "iat", "exp"],
      // Without it a token could be issued in the future, and so live for as long as its maker likes.
      maxTokenAge: MAX_TOKEN_LIFETIME_S,
      clockTolerance: CLOCK_TOLERANCE_S,
    });
    const result = readClaims(payload, limits);
    if (!result.ok) {
      const reason = result.reason === "tooLong" ? "tooLong" : "refused";
      return { ok: false, reason, detail: `the token's ${result.claim} ${result.detail}` };
    }
    if (result.claims.exp - result.claims.iat > MAX_TOKEN_LIFETIME_S) {
      return refuse(`tokens may live ${MAX_TOKEN_LIFETIME_S} seconds at most`);
    }
    return { ok: true, claims: result.claims };
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      return { ok: false, reason: "expired", detail: "the token has expired" };
    return refuse("the token is not valid");
  }
}

function refuse(detail: string): TokenResult {
  return { ok: false, reason: "refused", detail };
}
