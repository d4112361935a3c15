"use client";

import { useEffect, useRef } from "react";
import { useConnectionStatus, usePresenceClient } from "../../client/react/react";
import type { Profile } from "../../core/shared/terms";
import { signOutGuest } from "../session/session-api";
import { useSessionRefresh } from "../session/use-session-refresh";

/**
 * Keeps the connection in line with the sign-in: continues with a new name, notices a sign-out in any tab, and signs
 * out.
 */
export function useGuestConnection(
  profile: Profile,
  onLeft: (problem: string | null) => void,
): { leave: () => Promise<void> } {
  const client = usePresenceClient();
  const { connection } = useConnectionStatus();
  const refresh = useSessionRefresh("guest");
  const leavingHere = useRef(false);

  // Name and picture come with the token, which is read on connecting.
  const { id, name, picture } = profile;
  const connectedAs = useRef(profile);
  useEffect(() => {
    const before = connectedAs.current;
    if (before.id === id && before.name === name && before.picture === picture) return;
    connectedAs.current = { id, name, picture };
    if (before.id === id) return client.refreshToken();
    // Another user has signed in. The one before leaves.
    client.stop();
    client.start();
  }, [client, id, name, picture]);

  // A client that was signed out before this user came says nothing about this user.
  const begun = useRef(false);
  const signedOut = connection.status === "stopped" && connection.reason === "signedOut";
  useEffect(() => {
    if (connection.status !== "stopped") begun.current = true;
    else if (signedOut && begun.current && !leavingHere.current) onLeft(null);
  });

  async function leave(): Promise<void> {
    leavingHere.current = true;
    await client.signOut();
    const answer = await signOutGuest();
    refresh.elsewhere();
    onLeft(answer.ok ? null : answer.problem);
  }

  return { leave };
}
