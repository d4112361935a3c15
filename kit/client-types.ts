// What both entries tell of: what a client is, says and knows. In one list, so that neither lacks a name.
export type { ConnectionState, StopReason } from "../client/connection";
export type { OwnState } from "../client/own-choices";
export type { PresenceClient } from "../client/presence-client";
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
