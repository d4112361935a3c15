import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";
import type { ProcessHost } from "../host";

/** The provider's keys cannot be fetched at the moment. A client with a token of the provider may try again (SE1). */
export class KeysUnavailableError extends Error {
  constructor() {
    super("the identity provider's keys cannot be had at the moment");
    this.name = "KeysUnavailableError";
  }
}

/** Keys are used for this long. A key that the provider has withdrawn opens nothing after that. */
const KEPT_MS = 10 * 60_000;

/** Keys are fetched for an unknown key at most this often, however many tokens name unknown keys. */
const COOLDOWN_MS = 10_000;

/** A client waits no longer than this for the keys. */
const ANSWER_WITHIN_MS = 5_000;

/** The public keys of the identity provider. */
export class ProviderKeys {
  #known: { readonly url: string; readonly keys: JWTVerifyGetKey } | undefined;

  constructor(readonly host: Pick<ProcessHost, "log">) {}

  /** Finds the key of a token at this address. Keys are fetched when needed and kept for later tokens. */
  at(url: string): JWTVerifyGetKey {
    if (this.#known?.url !== url) this.#known = { url, keys: this.#remoteKeys(url) };
    return this.#known.keys;
  }

  #remoteKeys(url: string): JWTVerifyGetKey {
    const remote = createRemoteJWKSet(new URL(url), {
      cacheMaxAge: KEPT_MS,
      cooldownDuration: COOLDOWN_MS,
      timeoutDuration: ANSWER_WITHIN_MS,
    });
    return async (header, token) => {
      // Keys that were fetched a moment ago are not fetched again for a missing one. The missing key may be new: it is
      // found after the cooldown, and its token must not have been refused for good.
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
        // Without the address, which clients must not get.
        const why = error instanceof Error ? error.message : "unknown";
        const message = `the keys at ROLLCALL_JWKS_URL cannot be had: ${why}`;
        this.host.log({ event: "keys-unavailable", message });
        throw new KeysUnavailableError();
      }
    };
  }
}
