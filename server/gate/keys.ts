import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";

/** The provider's keys cannot be had just now: whoever comes with a token of theirs may try again (SE1). */
export class KeysUnavailableError extends Error {
  constructor() {
    super("the identity provider's keys cannot be had at the moment");
    this.name = "KeysUnavailableError";
  }
}

/** For so long keys are taken for good: a key that the provider has withdrawn opens nothing after that. */
const KEPT_MS = 10 * 60_000;

/** A key that is not among them is asked for at most this often, however many tokens name unknown ones. */
const COOLDOWN_MS = 10_000;

/** Longer than this nobody is kept waiting at the door. */
const ANSWER_WITHIN_MS = 5_000;

let known: { readonly url: string; readonly keys: JWTVerifyGetKey } | undefined;

/** Finds the key of a token at the provider's address, fetched when needed and kept for all who come after. */
export function providerKeys(url: string): JWTVerifyGetKey {
  if (known?.url !== url) known = { url, keys: remoteKeys(url) };
  return known.keys;
}

function remoteKeys(url: string): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(url), {
    cacheMaxAge: KEPT_MS,
    cooldownDuration: COOLDOWN_MS,
    timeoutDuration: ANSWER_WITHIN_MS,
  });
  return async (header, token) => {
    // Keys fetched a moment ago are not fetched again for one that is missing. It may be new: then it is found
    // after the cooldown, and whoever has it must not have been turned away for good.
    const mayBeNew = remote.coolingDown;
    try {
      return await remote(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) {
        if (mayBeNew) throw new KeysUnavailableError();
        throw error;
      }
      if (error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported)
        throw error;
      // The address itself stays out of what strangers are told.
      console.error(
        `the keys at ROLLCALL_JWKS_URL cannot be had: ${error instanceof Error ? error.message : "unknown"}`,
      );
      throw new KeysUnavailableError();
    }
  };
}
