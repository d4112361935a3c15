"use client";

import { useState } from "react";
import type { InitialPresence } from "../../client/client/presence-client";
import { PresenceProvider } from "../../client/react/react";
import type { Profile } from "../../core/shared/terms";
import { GuestSignIn } from "../session/guest-sign-in";
import { SignInElsewhere } from "../session/sign-in-elsewhere";
import { RoomView } from "./room-view";

interface RoomEntryProps {
  /** The room server's address. */
  readonly host: string;
  readonly room: string;
  /** The most characters of a name (SE4). */
  readonly nameLength: number;
  /** The most characters of a status message (SE4). */
  readonly statusLength: number;
  /** Who was in the room when the server rendered the page; null if it does not know. */
  readonly initial: InitialPresence | null;
  /** The signed-in user, from the server. */
  readonly profile: Profile | null;
  /** Whether guests may enter. */
  readonly guests: boolean;
  /** Whether the signed-in user is a guest, who may change their name. */
  readonly isGuest: boolean;
  /** The sign-in page for others; null if it is not set. */
  readonly signInUrl: string | null;
}

/** A room's page: a sign-in card, then the room, and the card again after leaving. */
export function RoomEntry(props: RoomEntryProps) {
  const { host, room, initial, nameLength, statusLength, profile, guests, isGuest, signInUrl } = props;
  // The room tells every tab about a sign-out before this page's server can (GR2).
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
    <PresenceProvider host={host} room={room} tokenUrl="/api/token" {...(initial && { initial })}>
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
