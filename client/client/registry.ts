import { browserEnvironment, type Environment } from "../page/environment";
import { unionOf, type Scope } from "../../core/shared/scope";
import { createPresenceClient, type PresenceClient } from "./presence-client";

/** What a client is for; providers that agree in it share one (CN3). */
export interface ClientKey {
  readonly host: string;
  readonly room: string;
  readonly observe: boolean;
}

/** A client that several providers use. */
export interface SharedClient {
  readonly client: PresenceClient;
  /** Where the next token comes from; the provider that rendered last decides. */
  setTokenSource(getToken: () => Promise<string>): void;
  /**
   * Starts the client for its first user; the returned function gives it back, and the last one stops it. The
   * client hears what all of its users ask for together (VW1).
   */
  acquire(scope: Scope): () => void;
}

export interface ClientRegistry {
  /** The client of this key. Starts nothing, so it may be called while rendering, and on a server. */
  get(key: ClientKey): SharedClient;
}

/** React's Strict Mode, and a page that swaps one provider for another, unmount and mount within this. */
const STOP_AFTER_MS = 200;

/**
 * Holds its clients weakly: a render that never comes to the page leaves nothing behind, and a provider
 * that returns after a long while finds the very client that its children still hold.
 */
export function createClientRegistry(environment: Environment): ClientRegistry {
  const known = new Map<string, Pick<WeakRef<SharedClient>, "deref">>();
  return {
    get(key) {
      const text = JSON.stringify([key.host, key.room, key.observe]);
      const existing = known.get(text)?.deref();
      if (existing) return existing;
      const shared = share(key, environment);
      // Without weak references, in old browsers, clients are kept: rooms that a page opens are few.
      known.set(text, typeof WeakRef === "undefined" ? { deref: () => shared } : new WeakRef(shared));
      return shared;
    },
  };
}

function share(key: ClientKey, environment: Environment): SharedClient {
  let source = async (): Promise<string> => {
    throw new Error("no provider has given a token source yet");
  };
  // An object each, since two may ask for the same.
  const wishes = new Set<{ readonly scope: Scope }>();
  let cancelStop = (): void => {};
  const client = createPresenceClient({ ...key, environment, getToken: () => source() });

  function hear(): void {
    client.setScope(unionOf([...wishes].map(({ scope }) => scope)));
  }

  function release(): void {
    if (wishes.size === 0) cancelStop = environment.schedule(() => client.stop(), STOP_AFTER_MS);
    else hear();
  }

  return {
    client,
    setTokenSource(getToken) {
      source = getToken;
    },
    acquire(scope) {
      cancelStop();
      const wish = { scope };
      wishes.add(wish);
      hear();
      // A first user is a new beginning, whatever ended the client for the one before: a sign-out, say.
      if (wishes.size === 1 && client.getSnapshot().connection.status === "stopped") client.stop();
      client.start();
      return () => {
        if (wishes.delete(wish)) release();
      };
    },
  };
}

let browserRegistry: ClientRegistry | null = null;

/** The page's registry. */
export function defaultRegistry(): ClientRegistry {
  browserRegistry ??= createClientRegistry(browserEnvironment());
  return browserRegistry;
}
