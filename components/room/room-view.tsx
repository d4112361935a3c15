"use client";

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
import { NotifyButton } from "../notify/notify-button";
import { useWatches } from "../notify/use-watches";
import { WatchNotice } from "../notify/watch-notice";
import { useSessionRefresh } from "../session/use-session-refresh";
import { PageHeader } from "../ui/page-header";
import { OwnCard } from "./own-card";
import { useGuestConnection } from "./use-guest-connection";
import { UserList } from "./user-list";

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
  const { connection, mode, synced, stale, latencyMs } = useConnectionStatus();
  const own = useOwnPresence();
  const { leave } = useGuestConnection(profile, onLeft);
  const refresh = useSessionRefresh("guest");
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
          <AvatarStack max={4} />
          <LiveChip connection={connection} latencyMs={latencyMs} stale={stale} />
        </PageHeader>
        <main className="mx-auto grid w-full max-w-2xl grid-cols-[minmax(0,1fr)] content-start gap-8 px-4 pt-6 pb-24 sm:pt-10">
          <OwnCard
            {...(isGuest && { nameLength })}
            statusLength={statusLength}
            profile={profile}
            own={own}
            now={client.serverNow}
            stale={stale}
            onLeave={leave}
          />
          <div className="[--rollcall-surface:var(--canvas)]">
            <UserList renderAction={renderAction} />
          </div>
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
