import { jwtVerify, SignJWT, type JWTPayload } from "jose";

/**
 * Signs the content of a cookie. The audience is the cookie's kind, so that a cookie is not accepted as one of another
 * kind, nor as a room's token. `expiresAt` is in milliseconds since 1970.
 */
export async function sign(
  payload: JWTPayload,
  { key, audience, expiresAt }: { key: Uint8Array; audience: string; expiresAt: number },
): Promise<string> {
  return await new SignJWT(payload)
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(Math.floor(expiresAt / 1_000))
    .sign(key);
}

/** Returns the payload if `sign` made the token for this audience and it has not expired; null otherwise. */
export async function verify(token: string, key: Uint8Array, audience: string): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ["HS256"],
      audience,
      requiredClaims: ["exp", "iat"],
    });
    return payload;
  } catch {
    return null;
  }
}
