import { browserEnvironment, type Environment } from "../page/environment";
import { unionOf, type Scope } from "../../core/shared/scope";
import { createPresenceClient, type InitialPresence, type PresenceClient } from "./presence-client";

/** What identifies a client. Providers with the same key share one client (CN3). */
export interface ClientKey {
  readonly host: string;
  readonly room: string;
  readonly observe: boolean;
}

/** A client that several providers share. */
export interface SharedClient {
  readonly client: PresenceClient;
  /** Where the next token comes from. The provider that rendered last sets it. */
  setTokenSource(getToken: () => Promise<string>): void;
  /**
   * Starts the client for its first provider. The returned function releases it, and the last release stops it. The
   * client receives the union of all its providers' scopes (VW1).
   */
  acquire(scope: Scope): () => void;
}

export interface ClientRegistry {
  /**
   * Returns the client of this key. Starts nothing, so it may be called during rendering and on a server. A new client
   * begins with `initial`.
   */
  get(key: ClientKey, initial?: InitialPresence): SharedClient;
}

/** React's Strict Mode, and a page that replaces one provider by another, unmount and mount within this time. */
const STOP_AFTER_MS = 200;

/**
 * Holds its clients weakly. A render that is never committed leaves nothing behind, and a provider that returns later
 * finds the client that its children still hold.
 */
export function createClientRegistry(environment: Environment): ClientRegistry {
  const known = new Map<string, Pick<WeakRef<SharedClient>, "deref">>();
  return {
    get(key, initial) {
      const text = JSON.stringify([key.host, key.room, key.observe]);
      const existing = known.get(text)?.deref();
      if (existing) return existing;
      const shared = share(key, environment, initial);
      // Old browsers without weak references keep all clients. A page opens few rooms.
      known.set(text, typeof WeakRef === "undefined" ? { deref: () => shared } : new WeakRef(shared));
      return shared;
    },
  };
}

function share(key: ClientKey, environment: Environment, initial?: InitialPresence): SharedClient {
  let source = async (): Promise<string> => {
    throw new Error("no provider has given a token source yet");
  };
  // One object each, because two providers may have the same scope.
  const wishes = new Set<{ readonly scope: Scope }>();
  let cancelStop = (): void => {};
  const client = createPresenceClient({
    ...key,
    ...(initial && { initial }),
    environment,
    getToken: () => source(),
  });

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
      // The first provider starts the client anew, even after a sign-out.
      if (wishes.size === 1 && client.getSnapshot().connection.status === "stopped") client.stop();
      client.start();
      return () => {
        if (wishes.delete(wish)) release();
      };
    },
  };
}

let browserRegistry: ClientRegistry | null = null;

/** The page's registry. On a server a new one each time, because requests belong to different users. */
export function defaultRegistry(): ClientRegistry {
  if (typeof window === "undefined") return createClientRegistry(browserEnvironment());
  browserRegistry ??= createClientRegistry(browserEnvironment());
  return browserRegistry;
}
