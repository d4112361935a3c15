import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { Problem } from "../../core/shared/problem";
import { askRoomServer } from "./room-server";
import { hasProvider } from "./settings";
import { WORKING_DAY_MS } from "./sign-in-lifetime";
import type { UserSession } from "./user-session";

const identity = v.object({
  id: v.string(),
  name: v.string(),
  picture: v.nullable(v.string()),
  rooms: v.array(v.string()),
  role: v.picklist(["member", "admin"]),
  expiresAt: v.number(),
  issuedBy: v.picklist(["app", "provider"]),
});

/** The user of a token, as the room server reads it. */
type Identity = v.InferOutput<typeof identity>;

const problem = v.object({ detail: v.string() });

/** The token that a request bears, if any. */
export function bearerOf(headers: Headers): string | null {
  return /^bearer (\S+)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}

/**
 * Returns the user of a provider's token. Only the room server judges tokens, so nobody can sign in here who would be
 * refused there (SE1). The app's own tokens open rooms but sign nobody in: a token for a minute must not become a
 * sign-in for a day.
 * @throws {Problem} 403 without a provider, or if the token is not the provider's; 401 if the token is refused; 502 or
 * 503 if it cannot be judged
 */
export async function identityOf(token: string): Promise<Identity> {
  if (!hasProvider()) {
    throw new Problem(403, "This server has no identity provider: ROLLCALL_JWKS_URL is not set.");
  }
  const answer = await askRoomServer("/identity", { bearer: token });
  const body: unknown = await answer.json().catch(() => null);
  const { status } = answer;
  if (status === 401 || status === 503) {
    const told = v.safeParse(problem, body);
    const detail = told.success ? told.output.detail : "the token is not valid";
    throw new Problem(status, detail);
  }
  const read = v.safeParse(identity, body);
  if (!answer.ok || !read.success) {
    throw new Problem(502, `The room server's answer (${status}) makes no sense.`);
  }
  if (read.output.issuedBy !== "provider") {
    const detail =
      "This token opens rooms but signs nobody in. Only the identity provider's tokens sign users in.";
    throw new Problem(403, detail);
  }
  return read.output;
}

/**
 * Creates a sign-in of this app, which grants no more than the token (SE1): its rooms and its role, until it expires. A
 * user who leaves may return by the same sign-in at the provider.
 * @throws {Problem} 401 if the token is about to expire
 */
export function sessionOf(identity: Identity, now: number): UserSession {
  const { id: userId, name, picture, rooms } = identity;
  const expiresAt = Math.min(now + WORKING_DAY_MS, identity.expiresAt);
  if (expiresAt - now < 1_000) throw new Problem(401, "The token has expired.");
  return { userId, name, picture, sessionId: randomUUID(), rooms, expiresAt };
}
