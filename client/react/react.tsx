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
import type { User } from "../../core/shared/terms";
import type {
  ConnectionStatus,
  InitialPresence,
  OwnPresence,
  PresenceClient,
  PresenceSnapshot,
} from "../client/presence-client";
import { defaultRegistry, type ClientRegistry } from "../client/registry";
import { fetchToken } from "../connection/token";

/** Where tokens come from: one of the two (SE1). */
export type TokenSource =
  /** The address that answers a POST of JSON `{ room }` with `{ token }`. 401 and 403 end the client. */
  | { readonly tokenUrl: string; readonly getToken?: never }
  /** Returns a fresh token at each call. Throw TokenRefusedError to end the client. */
  | { readonly getToken: () => Promise<string>; readonly tokenUrl?: never };

/** A provider's room, its server, and where tokens come from. */
export type PresenceProviderProps = TokenSource & ProviderOptions;

/** A provider's room and its server. */
export interface ProviderOptions {
  /** host[:port] or URL of the room server, such as "localhost:1999" or "https://rooms.example.com". */
  readonly host: string;
  /** 1 to 64 letters, digits, `_` or `-`, the first a letter or digit. */
  readonly room: string;
  /** Watch without being present (admins only). */
  readonly observe?: boolean;
  /** What `getPresence` read on the app's server, so that the first HTML shows the people. Read once. */
  readonly initial?: InitialPresence;
  /**
   * What to receive; all users by default. It may change at any time. Providers of one room receive the union (VW1).
   */
  readonly scope?: Scope;
  /** The clients to share; the page's by default. Tests bring their own. @internal */
  readonly registry?: ClientRegistry;
  readonly children?: ReactNode;
}

const ClientContext = createContext<PresenceClient | null>(null);

/**
 * Connects its children to a room. Providers of the same host and room share one connection, which ends with the last
 * of them (CN3).
 * @throws {Error} without tokenUrl and getToken
 * @throws {TypeError} if the host or the room is not valid
 */
export function PresenceProvider(props: PresenceProviderProps): JSX.Element {
  const { host, room, tokenUrl, getToken, observe = false, registry = defaultRegistry(), children } = props;
  const scope = useSameScope(props.scope ?? EVERYBODY);
  if (!getToken && tokenUrl === undefined) {
    throw new Error('PresenceProvider needs a token: give it tokenUrl, such as "/api/token", or getToken.');
  }
  const [initial] = useState(props.initial);
  const shared = useMemo(
    () => registry.get({ host, room, observe }, initial),
    [registry, host, room, observe, initial],
  );

  // Before the effect that starts the client, which needs it.
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
 * The client of the nearest provider, for actions: `signOut`, `reconnect`, `refreshToken`, `serverNow`.
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
 * The connection, the roster and the counts. Renders again with every change. For one user use `useUserPresence`.
 * @throws {Error} outside a provider.
 */
export function usePresence(): PresenceSnapshot {
  const client = usePresenceClient();
  return useSyncExternalStore(client.subscribe, client.getSnapshot, client.getSnapshot);
}

/**
 * The state of the connection. Renders again when that changes, not with every diff. For views of large rooms, which
 * follow users by `subscribeChanges`.
 * @throws {Error} outside a provider.
 */
export function useConnectionStatus(): ConnectionStatus {
  const client = usePresenceClient();
  return useSyncExternalStore(client.subscribe, client.getStatus, client.getStatus);
}

/**
 * Returns a function that gives the room server's estimated time, in milliseconds since 1970 (SY5); outside a provider
 * this machine's. It is always the same function, and may be called at any time.
 */
export function useServerNow(): () => number {
  return useOptionalPresenceClient()?.serverNow ?? Date.now;
}

/**
 * One user's presence. Renders again only when that user changes. Undefined if the room does not know the id, and
 * before the first sync.
 * @throws {Error} outside a provider.
 */
export function useUserPresence(id: string): User | undefined {
  const client = usePresenceClient();
  const subscribe = useCallback((listener: () => void) => client.subscribeUser(id, listener), [client, id]);
  const user = () => client.getUser(id);
  return useSyncExternalStore(subscribe, user, user);
}

/** The own user, their choices, and the functions to choose. */
export interface OwnPresenceControls
  extends OwnPresence, Pick<PresenceClient, "setAvailability" | "setMessage" | "setHideLastSeen"> {}

/**
 * The own user as others see them (`user`), and their choices on any page (`availability`, `message`, `hideLastSeen`).
 * A choice is shown at once. Without a connection it is `pending`, and is sent with the next one. The last choice of
 * all pages wins. The functions are always the same. Renders again only when any of this changes.
 * @throws {Error} outside a provider.
 */
export function useOwnPresence(): OwnPresenceControls {
  const client = usePresenceClient();
  const own = useSyncExternalStore(client.subscribe, client.getOwnPresence, client.getOwnPresence);
  return useMemo(() => {
    const { setAvailability, setMessage, setHideLastSeen } = client;
    return { ...own, setAvailability, setMessage, setHideLastSeen };
  }, [client, own]);
}

/** Keeps the same scope object while its content is the same. An object in JSX is new with each render. */
function useSameScope(scope: Scope): Scope {
  const [kept, setKept] = useState(scope);
  if (sameScope(kept, scope)) return kept;
  setKept(scope);
  return scope;
}
