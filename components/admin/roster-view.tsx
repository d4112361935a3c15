"use client";

import { DoorOpen } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { PresenceProvider, usePresenceClient, useConnectionStatus } from "../../client/react/react";
import { PresenceAnnouncer } from "../announce/presence-announcer";
import { ConnectionBanner } from "../connection/connection-banner";
import { LiveChip } from "../connection/live-chip";
import { StaleNote } from "../connection/stale-note";
import { useSessionRefresh } from "../session/use-session-refresh";
import { ICON_BUTTON } from "../ui/classes";
import { PageHeader } from "../ui/page-header";
import { usePageTitle } from "../ui/use-page-title";
import { AdminSignOut } from "./admin-sign-out";
import { LiveRoster } from "./live-roster";
import { RosterSkeleton } from "./roster-skeleton";
import { RoomStorageNotice } from "./storage-notice";

interface RosterViewProps {
  /** The room server's address. */
  readonly host: string;
  readonly room: string;
}

/** A room as admins see it. Admins observe and are not present. */
export function RosterView({ host, room }: RosterViewProps) {
  return (
    <PresenceProvider host={host} room={room} tokenUrl="/api/admin/token" observe>
      <Roster room={room} />
    </PresenceProvider>
  );
}

function Roster({ room }: { room: string }) {
  const client = usePresenceClient();
  const { connection, mode, synced, stale, asOfAt, latencyMs } = useConnectionStatus();
  const refresh = useSessionRefresh("admin");
  usePageTitle(room);
  const router = useRouter();

  function signIn(): void {
    refresh.here();
    client.reconnect();
  }

  return (
    <>
      <div className="flex h-dvh min-h-104 flex-col bg-surface print:h-auto">
        <PageHeader
          home={{ href: "/admin", label: "Rooms" }}
          title={<h1 className="truncate font-medium">{room}</h1>}
        >
          {stale && asOfAt !== null && <StaleNote asOfAt={asOfAt} />}
          <LiveChip connection={connection} latencyMs={latencyMs} stale={stale} />
          <Link
            href={`/rooms/${room}`}
            className={ICON_BUTTON}
            aria-label="Open the room"
            title="Open the room"
          >
            <DoorOpen className="size-4" aria-hidden />
          </Link>
          {/* The room ends all connections of this sign-in, including those of copied cookies (GR2). */}
          <AdminSignOut refresh={refresh} before={client.signOut} />
        </PageHeader>
        <main id="content" className="flex min-h-0 flex-1 flex-col outline-none" tabIndex={-1}>
          <RoomStorageNotice room={room} />
          {synced ? (
            <LiveRoster room={room} stale={stale} empty={<NobodyYet room={room} />} />
          ) : (
            <RosterSkeleton />
          )}
        </main>
      </div>
      <ConnectionBanner onSignIn={signIn} onLeave={() => router.push("/admin")} />
      <PresenceAnnouncer selfId={null} live={synced && !stale && mode === "roster"} />
    </>
  );
}

function NobodyYet({ room }: { room: string }) {
  return (
    <div className="grid flex-1 place-content-center gap-1 p-6 pb-[20vh] text-center">
      <p className="font-medium">Nobody has been in {room} yet</p>
      <p className="text-muted">
        Open{" "}
        <Link href={`/rooms/${room}`} target="_blank" className="text-accent underline underline-offset-2">
          the room&apos;s page
        </Link>{" "}
        to be the first, or connect your app to it.
      </p>
    </div>
  );
}
