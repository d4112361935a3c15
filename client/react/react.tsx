"use client";

import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type JSX,
  type ReactNode,
} from "react";
import { EVERYBODY, sameScope, type Scope } from "../../core/shared/scope";
import type { UserView } from "../../core/shared/terms";
import type { PresenceClient, PresenceSnapshot, ConnectionStatus, Self } from "../client/presence-client";
import { defaultRegistry, type ClientRegistry } from "../client/registry";
import { EMPTY_SELF, EMPTY_SNAPSHOT } from "../client/store";
import { fetchToken } from "../connection/token";

/** Where tokens come from: one of the two, never both (SE1). */
export type TokenSource =
  /** Asked by POST with JSON `{ room }`, and answers `{ token }`; 401 and 403 end the client. */
  | { readonly tokenUrl: string; readonly getToken?: never }
  /** Resolves with a fresh token at each call. Throws TokenRefusedError to end the client. */
  | { readonly getToken: () => Promise<string>; readonly tokenUrl?: never };

/** What a provider needs to know: which room, where it is, and where tokens come from. */
export type PresenceProviderProps = TokenSource & ProviderOptions;

/** What a provider needs to know besides where tokens come from. */
export interface ProviderOptions {
  /** host[:port] or URL of the room server, such as "localhost:1999" or "https://rooms.example.com". */
  readonly host: string;
  /** 1 to 64 letters, digits, `_` or `-`, the first a letter or digit. */
  readonly room: string;
  /** Watch without being present (admins only). */
  readonly observe?: boolean;
  /** What to hear; everybody unless given. May change at any time; providers of one room hear what any asks for (VW1). */
  readonly scope?: Scope;
  /** Who shares clients with whom; tests bring their own. The page's by default. @internal */
  readonly registry?: ClientRegistry;
  readonly children?: ReactNode;
}

const ClientContext = createContext<PresenceClient | null>(null);

/**
 * Connects its children with a room. Providers of the same host and room share one connection, which
 * ends when the last of them is gone (CN3).
 * @throws {Error} without tokenUrl and getToken. @throws {TypeError} when host or room cannot be.
 */
export function PresenceProvider(props: PresenceProviderProps): JSX.Element {
  const { host, room, tokenUrl, getToken, observe = false, registry = defaultRegistry(), children } = props;
  const scope = useSameScope(props.scope ?? EVERYBODY);
  if (!getToken && tokenUrl === undefined) {
    throw new Error('PresenceProvider needs a token: give it tokenUrl, such as "/api/token", or getToken.');
  }
  const shared = useMemo(() => registry.get({ host, room, observe }), [registry, host, room, observe]);

  // Before the effect that starts the client, so that it finds a source.
  useEffect(() => {
    shared.setTokenSource(getToken ?? (() => fetchToken(tokenUrl ?? "", room)));
  }, [shared, getToken, tokenUrl, room]);
  useEffect(() => shared.acquire(scope), [shared, scope]);

  return <ClientContext value={shared.client}>{children}</ClientContext>;
}

/** The client of the nearest provider; null outside one. @internal */
export function useOptionalPresenceClient(): PresenceClient | null {
  return useContext(ClientContext);
}

/**
 * The client of the nearest provider, for what is not state: `signOut`, `reconnect`, `refreshToken`, `serverNow`.
 * @throws {Error} outside a provider.
 */
export function usePresenceClient(): PresenceClient {
  const client = useOptionalPresenceClient();
  if (client) return client;
  throw new Error(
    "There is no presence here: wrap this component, or the whole page, in " +
      '<PresenceProvider host="…" room="…" tokenUrl="…">.',
  );
}

/**
 * Connection, roster and counts. Renders again with every change; for one user use `useUserPresence`.
 * @throws {Error} outside a provider.
 */
export function usePresence(): PresenceSnapshot {
  const client = usePresenceClient();
  return useSyncExternalStore(client.subscribe, client.getSnapshot, emptySnapshot);
}

/**
 * The connection alone: renders again when that changes, and not with every diff. For views of large rooms,
 * which follow the people by `subscribeChanges`.
 * @throws {Error} outside a provider.
 */
export function useConnectionStatus(): ConnectionStatus {
  const client = usePresenceClient();
  return useSyncExternalStore(client.subscribe, client.getStatus, emptySnapshot);
}

/**
 * The room server's time in milliseconds since 1970, as well as it is known (SY5); outside a provider this
 * machine's. The function is always the same, and may be called at any time.
 */
export function useServerNow(): () => number {
  return useOptionalPresenceClient()?.serverNow ?? Date.now;
}

/**
 * One user's presence; renders again only when that user changes. Undefined for a user unknown to the
 * room, and before the first sync.
 * @throws {Error} outside a provider.
 */
export function useUserPresence(id: string): UserView | undefined {
  const client = usePresenceClient();
  const subscribe = useCallback((listener: () => void) => client.subscribeUser(id, listener), [client, id]);
  return useSyncExternalStore(subscribe, () => client.getUser(id), nobody);
}

/** The own user, what they chose, and how to choose. */
export interface OwnPresence
  extends Self, Pick<PresenceClient, "setAvailability" | "setMessage" | "setHideLastSeen"> {}

/**
 * The own user: as the others see them (`user`), and what they chose (`availability`, `message`, `hideLastSeen`),
 * on whichever page. What is chosen shows at once; while there is no connection it is kept, `pending`, and sent
 * with the next one, and of several pages the last word wins. The functions are always the same. Renders again
 * only when any of this changes.
 * @throws {Error} outside a provider.
 */
export function useSelf(): OwnPresence {
  const client = usePresenceClient();
  const self = useSyncExternalStore(client.subscribe, client.getSelf, emptySelf);
  return useMemo(() => {
    const { setAvailability, setMessage, setHideLastSeen } = client;
    return { ...self, setAvailability, setMessage, setHideLastSeen };
  }, [client, self]);
}

/** The very same scope until another asks for something else: an object in JSX is a new one with each render. */
function useSameScope(scope: Scope): Scope {
  const [kept, setKept] = useState(scope);
  if (sameScope(kept, scope)) return kept;
  setKept(scope);
  return scope;
}

function emptySnapshot(): PresenceSnapshot {
  return EMPTY_SNAPSHOT;
}

function emptySelf(): Self {
  return EMPTY_SELF;
}

function nobody(): undefined {
  return undefined;
}
