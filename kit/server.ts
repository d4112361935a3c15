// The package's entry for the app's own server, which knows the secret.
export { createToken } from "../client/create-token";
export type { TokenInput } from "../client/create-token";
export type { ClaimLimits } from "../core/claims";
export type { Role } from "../core/terms";
