import { browserEnvironment, type Environment } from "./environment";
import { createPresenceClient, type PresenceClient } from "./presence-client";

/** What a client is for; providers that agree in it share one (CN3). */
export interface ClientScope {
  readonly host: string;
  readonly room: string;
  readonly observe: boolean;
}

/** A client that several providers use. */
export interface SharedClient {
  readonly client: PresenceClient;
  /** Where the next token comes from; the provider that rendered last decides. */
  setTokenSource(getToken: () => Promise<string>): void;
  /** Starts the client for its first user; the returned function gives it back, and the last one stops it. */
  acquire(): () => void;
}

export interface ClientRegistry {
  /** The client of this scope. Starts nothing, so it may be called while rendering, and on a server. */
  get(scope: ClientScope): SharedClient;
}

/** React's Strict Mode, and a page that swaps one provider for another, unmount and mount within this. */
const STOP_AFTER_MS = 200;

/**
 * Holds its clients weakly: a render that never comes to the page leaves nothing behind, and a provider
 * that returns after a long while finds the very client that its children still hold.
 */
export function createClientRegistry(environment: Environment): ClientRegistry {
  const known = new Map<string, WeakRef<SharedClient>>();
  return {
    get(scope) {
      const key = JSON.stringify([scope.host, scope.room, scope.observe]);
      const existing = known.get(key)?.deref();
      if (existing) return existing;
      const shared = share(scope, environment);
      known.set(key, new WeakRef(shared));
      return shared;
    },
  };
}

function share(scope: ClientScope, environment: Environment): SharedClient {
  let source = async (): Promise<string> => {
    throw new Error("no provider has given a token source yet");
  };
  let users = 0;
  let cancelStop = (): void => {};
  const client = createPresenceClient({ ...scope, environment, getToken: () => source() });

  function release(): void {
    users -= 1;
    if (users === 0) cancelStop = environment.schedule(() => client.stop(), STOP_AFTER_MS);
  }

  return {
    client,
    setTokenSource(getToken) {
      source = getToken;
    },
    acquire() {
      cancelStop();
      users += 1;
      // A first user is a new beginning, whatever ended the client for the one before: a sign-out, say.
      if (users === 1 && client.getSnapshot().connection.status === "stopped") client.stop();
      client.start();
      let held = true;
      return () => {
        if (held) release();
        held = false;
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
