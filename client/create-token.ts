import { SignJWT } from "jose";
import { MAX_TOKEN_LIFETIME_S, readClaims, TOKEN_AUDIENCE, type ClaimLimits } from "../core/shared/claims";
import type { Role } from "../core/shared/terms";

/** The user of a token, and what it opens (SE1). */
export interface TokenInput {
  /** `id` is stable for the person. `picture` is an https URL. */
  readonly user: { readonly id: string; readonly name: string; readonly picture?: string | null };
  /** The names of the rooms that the token opens, or `["*"]` for every room. */
  readonly rooms: readonly string[];
  readonly role?: Role;
  /**
   * Whether the user is a guest. The room forgets a guest who has been away for ROLLCALL_GUEST_RETENTION_MS, a day by
   * default.
   */
  readonly guest?: boolean;
  /** The sign-in of this token. Signing out ends the connections of exactly this sign-in (GR2). */
  readonly sessionId?: string;
  /** The room server's ROLLCALL_TOKEN_SECRET. */
  readonly secret: string;
  /** The token's lifetime in seconds: a whole number up to 900, 120 by default. */
  readonly lifetimeSeconds?: number;
  /** The longest name and picture URL, if the room server's settings differ from the defaults (SE4). */
  readonly limits?: ClaimLimits;
}

const DEFAULT_LIFETIME_S = 120;
const SHORTEST_SECRET = 32;

/**
 * Creates the token with which a user's browser connects (SE1). Call it on a server: the secret must never reach a
 * browser.
 * @throws {TypeError} that names the invalid input, without repeating the secret
 */
export async function createToken(input: TokenInput): Promise<string> {
  const { user, rooms, role = "member", guest = false, sessionId, secret, limits } = input;
  const { lifetimeSeconds = DEFAULT_LIFETIME_S } = input;
  if (typeof secret !== "string" || secret.length < SHORTEST_SECRET) {
    throw new TypeError(
      `secret must have ${SHORTEST_SECRET} characters or more: is ROLLCALL_TOKEN_SECRET set?`,
    );
  }
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > MAX_TOKEN_LIFETIME_S) {
    throw new TypeError(
      `lifetimeSeconds must be a whole number from 1 to ${MAX_TOKEN_LIFETIME_S}: not ${lifetimeSeconds}`,
    );
  }
  const iat = Math.floor(Date.now() / 1000);
  const { id: sub, name, picture = null } = user;
  const payload = {
    sub,
    name,
    picture,
    rooms,
    role,
    iat,
    exp: iat + lifetimeSeconds,
    ...(sessionId !== undefined && { sid: sessionId }),
    ...(guest && { guest }),
  };
  const result = readClaims(payload, limits);
  if (!result.ok)
    throw new TypeError(`no token can be made: ${INPUTS[result.claim] ?? result.claim} ${result.detail}`);
  return new SignJWT({ ...result.claims })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setAudience(TOKEN_AUDIENCE)
    .sign(new TextEncoder().encode(secret));
}

/** The input of each claim, for the error. */
const INPUTS: Readonly<Record<string, string>> = {
  sub: "user.id",
  name: "user.name",
  picture: "user.picture",
  sid: "sessionId",
};
