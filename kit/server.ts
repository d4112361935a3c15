// The package's entry for the app's own server, which has the secret.
export { createToken } from "../client/create-token";
export type { TokenInput } from "../client/create-token";
export type { ClaimLimits } from "../core/shared/claims";
export type { Role } from "../core/shared/terms";
export { getPresence } from "../client/get-presence";
export type { GetPresenceOptions } from "../client/get-presence";
export type { InitialPresence } from "../client/client/store";
