import { SignJWT } from "jose";
import { MAX_TOKEN_LIFETIME_S, readClaims, TOKEN_AUDIENCE, type ClaimLimits } from "../core/shared/claims";
import type { Role } from "../core/shared/terms";

/** Whom a token is for, and what it opens (SE1). */
export interface TokenInput {
  /** `id` is stable for the person; `picture` an https URL. */
  readonly user: { readonly id: string; readonly name: string; readonly picture?: string | null };
  /** Names of the rooms the token opens, or `["*"]` for every room. */
  readonly rooms: readonly string[];
  readonly role?: Role;
  /**
   * Whether the user is only passing through. The room forgets a guest who has not been there for
   * ROLLCALL_GUEST_RETENTION_MS, a day by default.
   */
  readonly guest?: boolean;
  /** The sign-in this token comes from; signing out ends the connections of exactly this one (GR2). */
  readonly sessionId?: string;
  /** What the room server has as ROLLCALL_TOKEN_SECRET. */
  readonly secret: string;
  /** For how many seconds the token opens a connection: a whole number up to 900, 120 by default. */
  readonly lifetimeSeconds?: number;
  /** How long a name and a picture's URL may be, where the room server is set to other than the defaults (SE4). */
  readonly limits?: ClaimLimits;
}

const DEFAULT_LIFETIME_S = 120;
const SHORTEST_SECRET = 32;

/**
 * Makes a token with which a user's browser connects (SE1). Runs on servers: the secret must never
 * reach a browser.
 * @throws {TypeError} that says which input cannot be, without repeating the secret.
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

/** Where a claim comes from, for whoever reads the error. */
const INPUTS: Readonly<Record<string, string>> = {
  sub: "user.id",
  name: "user.name",
  picture: "user.picture",
  sid: "sessionId",
};
