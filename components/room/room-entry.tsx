"use client";

import { useState } from "react";
import { PresenceProvider } from "../../client/react";
import type { Profile } from "../../core/terms";
import { GuestSignIn } from "../session/guest-sign-in";
import { RoomView } from "./room-view";

interface RoomEntryProps {
  /** Where the room server is. */
  readonly host: string;
  readonly room: string;
  /** Characters that a name may have (SE4). */
  readonly nameLength: number;
  /** Characters that a status message may have (SE4). */
  readonly statusLength: number;
  /** Who is signed in, as the server knows. */
  readonly profile: Profile | null;
}

/** The way into a room: a sign-in card, then the room itself, and the card again after leaving. */
export function RoomEntry({ host, room, nameLength, statusLength, profile }: RoomEntryProps) {
  // The room tells every tab of a sign-out before the server of this page can (GR2).
  const [left, setLeft] = useState<{ readonly id: string; readonly problem: string | null } | null>(null);
  if (!profile || profile.id === left?.id) {
    return (
      <GuestSignIn
        room={room}
        nameLength={nameLength}
        left={left !== null}
        leaveProblem={left?.problem ?? null}
      />
    );
  }
  return (
    <PresenceProvider host={host} room={room} tokenUrl="/api/token">
      <RoomView
        room={room}
        nameLength={nameLength}
        statusLength={statusLength}
        profile={profile}
        onLeft={(problem) => setLeft({ id: profile.id, problem })}
      />
    </PresenceProvider>
  );
}
