"use client";

import { useState } from "react";
import { PresenceProvider } from "../../client/react/react";
import type { Profile } from "../../core/shared/terms";
import { GuestSignIn } from "../session/guest-sign-in";
import { SignInElsewhere } from "../session/sign-in-elsewhere";
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
  /** Whether whoever picks a name may enter. */
  readonly guests: boolean;
  /** Whether the one who is signed in has picked their name, and may pick another. */
  readonly isGuest: boolean;
  /** Where everybody else signs in; null when nobody said. */
  readonly signInUrl: string | null;
}

/** The way into a room: a sign-in card, then the room itself, and the card again after leaving. */
export function RoomEntry(props: RoomEntryProps) {
  const { host, room, nameLength, statusLength, profile, guests, isGuest, signInUrl } = props;
  // The room tells every tab of a sign-out before the server of this page can (GR2).
  const [left, setLeft] = useState<{ readonly id: string; readonly problem: string | null } | null>(null);
  if (!profile || profile.id === left?.id) {
    if (!guests) {
      return (
        <SignInElsewhere
          room={room}
          signInUrl={signInUrl}
          left={left !== null}
          leaveProblem={left?.problem ?? null}
        />
      );
    }
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
        isGuest={isGuest}
        onLeft={(problem) => setLeft({ id: profile.id, problem })}
      />
    </PresenceProvider>
  );
}
