"use client";

import { usePresence, usePresenceClient } from "../../client/react";
import type { Profile } from "../../core/terms";
import { PresenceAnnouncer } from "../announce/presence-announcer";
import { AvatarStack } from "../avatar/avatar-stack";
import { ConnectionBanner } from "../connection/connection-banner";
import { LiveChip } from "../connection/live-chip";
import { useRemedy } from "../connection/use-remedy";
import { useSessionRefresh } from "../session/use-session-refresh";
import { ServerClock } from "../time/use-time";
import { PageHeader } from "../ui/page-header";
import { OwnCard } from "./own-card";
import { useOwnPresence } from "./use-own-presence";
import { UserList } from "./user-list";
import { UserListSkeleton } from "./user-list-skeleton";

interface RoomViewProps {
  readonly room: string;
  /** Characters that a name may have (SE4). */
  readonly nameLength: number;
  readonly profile: Profile;
  /** Whether the reader may pick another name. */
  readonly isGuest: boolean;
  /** Called once when the reader has signed out, here or in another tab; with what went wrong, if anything. */
  readonly onLeft: (problem: string | null) => void;
}

/** A room as its members see it: who is here, and the reader's own presence among them. */
export function RoomView({ room, nameLength, profile, isGuest, onLeft }: RoomViewProps) {
  const client = usePresenceClient();
  const { connection, users, counts, mode, self, synced, stale, asOfAt, latencyMs } = usePresence();
  const { leave } = useOwnPresence(profile, onLeft);
  const refresh = useSessionRefresh("guest");
  const remedy = useRemedy(refresh.here);
  const online = stale ? [] : users.filter(({ status }) => status === "online");
  return (
    <ServerClock now={client.serverNow}>
      <div className="flex min-h-dvh flex-col">
        <PageHeader
          home={{ href: "/", label: "Rollcall" }}
          title={<h1 className="truncate font-medium">{room}</h1>}
        >
          <AvatarStack people={online} max={4} label="Online" {...(!stale && { total: counts.online })} />
          <LiveChip connection={connection} latencyMs={latencyMs} stale={stale} />
        </PageHeader>
        <main className="mx-auto grid w-full max-w-2xl grid-cols-[minmax(0,1fr)] content-start gap-8 px-4 pt-6 pb-24 sm:pt-10">
          <OwnCard
            profile={profile}
            self={self}
            stale={stale}
            {...(isGuest && { nameLength })}
            onLeave={leave}
          />
          {synced ? (
            <UserList
              users={users}
              large={mode === "pages" ? counts : null}
              selfId={self?.id ?? null}
              stale={stale}
              asOfAt={asOfAt}
            />
          ) : (
            <UserListSkeleton />
          )}
          {synced && mode === "roster" && users.length === 1 && <Alone />}
        </main>
      </div>
      <ConnectionBanner connection={connection} onRemedy={remedy} />
      <PresenceAnnouncer
        users={users}
        selfId={self?.id ?? null}
        live={synced && !stale && mode === "roster"}
      />
    </ServerClock>
  );
}

function Alone() {
  return (
    <p className="rounded-xl border border-dashed border-line-strong px-4 py-6 text-center text-muted">
      Nobody else has been here yet. Share this page&apos;s address: whoever opens it joins you.
    </p>
  );
}
