// The package's entry without React: one page's presence in one room, for any framework or none.
export { createPresenceClient } from "../client/presence-client";
export type { PresenceClient, PresenceClientOptions } from "../client/presence-client";
export type { OwnState } from "../client/own-choices";
export { fetchToken, TokenFailedError, TokenRefusedError } from "../client/token";
export type { ConnectionState, StopReason } from "../client/connection";
export type { ConnectionProblem, TokenFault } from "../client/problem";
export type { ChangesListener, PresenceSnapshot, PresenceStatus, Self } from "../client/store";
export type { PageQuery, PageRows } from "../core/page-query";
export type { Counts, RosterQuery, SortKey } from "../core/roster";
export type { Mode, Scope, ScopeKind } from "../core/scope";
export type {
  AdminUserView,
  Availability,
  Choices,
  ConnectionView,
  GraceCause,
  Profile,
  Reason,
  Status,
  StatusMessage,
  UserView,
} from "../core/terms";
