// The types of both entries, in one list, so that neither lacks one.
export type { ConnectionState } from "../client/connection/connection";
export type { StopReason } from "../core/shared/close-codes";
export type { OwnPresence } from "../client/client/own-choices";
export type { PresenceClient } from "../client/client/presence-client";
export type { ConnectionProblem, TokenFault } from "../client/connection/problem";
export type {
  ChangesListener,
  ConnectionStatus,
  InitialPresence,
  PresenceSnapshot,
} from "../client/client/store";
export type { PageQuery, PageRows } from "../core/shared/page-query";
export type { Counts, RosterQuery, SortKey } from "../core/shared/roster-query";
export type { Mode, Scope, ScopeKind } from "../core/shared/scope";
export type {
  AdminUser,
  Availability,
  Choices,
  ConnectionView,
  GraceCause,
  Profile,
  Reason,
  Status,
  StatusMessage,
  User,
} from "../core/shared/terms";
