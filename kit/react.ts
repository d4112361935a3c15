"use client";

// The package's entry for React. Other apps may rely on these names only.
export {
  PresenceProvider,
  usePresence,
  usePresenceClient,
  useConnectionStatus,
  useOwnPresence,
  useUserPresence,
} from "../client/react/react";
export type {
  OwnPresenceControls,
  PresenceProviderProps,
  ProviderOptions,
  TokenSource,
} from "../client/react/react";
export { useRoomSummary } from "../client/react/use-room-summary";
export { useRosterPage } from "../client/react/use-roster-page";
export type { RosterPage } from "../client/react/use-roster-page";

export { Avatar } from "../components/avatar/avatar";
export type { AvatarProps } from "../components/avatar/avatar";
export { AvatarStack } from "../components/avatar/avatar-stack";
export type { AvatarStackProps } from "../components/avatar/avatar-stack";
export { ConnectionBanner } from "../components/connection/connection-banner";
export type { ConnectionBannerProps } from "../components/connection/connection-banner";
export { UserList } from "../components/room/user-list";
export type { UserListProps } from "../components/room/user-list";
export { StatusDot } from "../components/status/status-dot";
export type { StatusDotProps } from "../components/status/status-dot";
export type { DotStatus } from "../components/status/status-words";
export { LastSeen } from "../components/time/last-seen";
export type { LastSeenProps } from "../components/time/last-seen";

export { TokenRefusedError } from "../client/connection/token";
export type * from "./client-types";
