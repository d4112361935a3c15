import { randomUUID } from "node:crypto";
import { secret } from "./settings";
import { sign, verify } from "./signed";

/**
 * Marks a browser in which an admin has signed in. The mark grants nothing. It gives the browser's next attempts
 * priority over those of attackers who guess (SE5).
 */
export const KNOWN_COOKIE = { name: "rollcall_known", sameSite: "strict" } as const;

const LIFETIME_MS = 180 * 24 * 3_600_000;
const AUDIENCE = "rollcall-known";

/** The cookie's content, with the browser's existing id, and its expiry. */
export async function sealKnown(
  id: string | null,
  now: number,
): Promise<{ sealed: string; expiresAt: number }> {
  const expiresAt = now + LIFETIME_MS;
  const sealed = await sign({ sub: id ?? randomUUID() }, { key: key(), audience: AUDIENCE, expiresAt });
  return { sealed, expiresAt };
}

/** The browser's id; null if it is not marked. */
export async function openKnown(cookie: string | undefined): Promise<string | null> {
  if (!cookie) return null;
  return (await verify(cookie, key(), AUDIENCE))?.sub ?? null;
}

function key(): Uint8Array {
  return new TextEncoder().encode(secret("ROLLCALL_SESSION_SECRET"));
}
