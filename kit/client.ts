// The package's entry without React: one page's presence in one room, for any framework or none.
export { createPresenceClient } from "../client/client/presence-client";
export type { PresenceClientOptions } from "../client/client/presence-client";
export { fetchToken, TokenFailedError, TokenRefusedError } from "../client/connection/token";
export type * from "./client-types";
