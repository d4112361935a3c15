"use client";

import { clsx } from "clsx";
import { useRouter } from "next/navigation";
import { useCallback } from "react";
import {
  useConnectionStatus,
  usePresence,
  usePresenceClient,
  useOwnPresence,
} from "../../client/react/react";
import type { Profile, User } from "../../core/shared/terms";
import { PresenceAnnouncer } from "../announce/presence-announcer";
import { AvatarStack } from "../avatar/avatar-stack";
import { ConnectionBanner } from "../connection/connection-banner";
import { LiveChip } from "../connection/live-chip";
import { StaleNote } from "../connection/stale-note";
import { NotifyButton } from "../notify/notify-button";
import { useWatches } from "../notify/use-watches";
import { WatchNotice } from "../notify/watch-notice";
import { useSessionRefresh } from "../session/use-session-refresh";
import { PageHeader } from "../ui/page-header";
import { usePageTitle } from "../ui/use-page-title";
import { PeopleList } from "./people-list";
import { StatusMenu } from "./status-menu";
import { useGuestConnection } from "./use-guest-connection";
import { UserListSkeleton } from "./user-list-skeleton";

interface RoomViewProps {
  readonly room: string;
  /** The most characters of a name (SE4). */
  readonly nameLength: number;
  /** The most characters of a status message (SE4). */
  readonly statusLength: number;
  readonly profile: Profile;
  /** Whether the user is a guest, who may change their name. */
  readonly isGuest: boolean;
  /** Called once after the user has signed out in any tab, with an error if there was one. */
  readonly onLeft: (problem: string | null) => void;
}

/** A room as its members see it: the users, and the reader's own presence. */
export function RoomView({ room, nameLength, statusLength, profile, isGuest, onLeft }: RoomViewProps) {
  const client = usePresenceClient();
  const { connection, mode, synced, stale, asOfAt, latencyMs } = useConnectionStatus();
  const own = useOwnPresence();
  const { leave } = useGuestConnection(profile, onLeft);
  const refresh = useSessionRefresh("guest");
  usePageTitle(room);
  const router = useRouter();

  const { watches, toggle, notice, dismiss } = useWatches({
    client,
    room,
    selfId: profile.id,
    live: synced && !stale,
    doNotDisturb: own.user?.dnd ?? false,
  });
  const renderAction = useCallback(
    (user: User) => <NotifyButton user={user} watches={watches} onToggle={toggle} />,
    [watches, toggle],
  );

  function signIn(): void {
    refresh.here();
    client.reconnect();
  }

  return (
    <>
      <div className="flex min-h-dvh flex-col">
        <PageHeader
          home={{ href: "/", label: "Rollcall" }}
          title={<h1 className="truncate font-medium">{room}</h1>}
        >
          <span className="max-sm:hidden">
            <AvatarStack max={4} />
          </span>
          <LiveChip connection={connection} latencyMs={latencyMs} stale={stale} />
          <StatusMenu
            {...(isGuest && { nameLength })}
            statusLength={statusLength}
            profile={profile}
            own={own}
            now={client.serverNow}
            stale={stale || connection.status === "stopped"}
            onLeave={leave}
          />
        </PageHeader>
        <main
          id="content"
          tabIndex={-1}
          className={clsx(
            "mx-auto w-full max-w-[90rem] px-4 pb-24 outline-none [--rollcall-surface:var(--canvas)]",
            stale && "rollcall-stale",
          )}
          data-stale={stale}
        >
          {stale && asOfAt !== null && (
            <p className="pt-3 text-[13px]">
              <StaleNote asOfAt={asOfAt} />
            </p>
          )}
          {synced ? (
            <PeopleList selfId={own.user?.id ?? null} renderAction={renderAction} />
          ) : (
            <div className="pt-6">
              <UserListSkeleton />
            </div>
          )}
          {synced && mode === "roster" && <Alone />}
        </main>
      </div>
      <WatchNotice notice={notice} onDismiss={dismiss} />
      <ConnectionBanner onSignIn={signIn} onLeave={() => router.push("/")} />
      <PresenceAnnouncer selfId={own.user?.id ?? null} live={synced && !stale && mode === "roster"} />
    </>
  );
}

/** An invitation to share the address, shown while the room knows nobody else. */
function Alone() {
  const { users } = usePresence();
  if (users.length !== 1) return null;
  return (
    <p className="rounded-xl border border-dashed border-line-strong px-4 py-6 text-center text-muted">
      Nobody else has been here yet. Share this page&apos;s address: whoever opens it joins you.
    </p>
  );
}
