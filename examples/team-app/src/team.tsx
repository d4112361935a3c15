import {
  AvatarStack,
  ConnectionBanner,
  PresenceProvider,
  usePresenceClient,
  useConnectionStatus,
  useRoomSummary,
  UserList,
} from "@rollcall/react";
import "@rollcall/react/styles.css";
import { useEffect } from "react";
import type { User } from "./main";

interface TeamProps {
  readonly user: User;
  readonly onSignedOut: () => void;
}

/** The page: a header with the online users' faces, and the list of all users. */
export function Team({ user, onSignedOut }: TeamProps) {
  return (
    <PresenceProvider
      host={import.meta.env.VITE_ROLLCALL_HOST ?? "localhost:1999"}
      room="team"
      tokenUrl="/api/token"
    >
      <Header user={user} onSignedOut={onSignedOut} />
      <main>
        <UserList title="The team" />
      </main>
      <ConnectionBanner onSignIn={onSignedOut} />
    </PresenceProvider>
  );
}

function Header({ user, onSignedOut }: TeamProps) {
  const client = usePresenceClient();
  const summary = useRoomSummary();
  const { connection, stale } = useConnectionStatus();
  const isKnown = summary !== null && !stale;

  // The room reports a sign-out in any tab to every tab.
  const signedOut = connection.status === "stopped" && connection.reason === "signedOut";
  useEffect(() => {
    if (signedOut) onSignedOut();
  }, [signedOut, onSignedOut]);

  async function signOut() {
    await fetch("/api/session", { method: "DELETE" });
    await client.signOut();
  }

  return (
    <header>
      <h1>Team</h1>
      <span className="online">{isKnown ? `${summary.online} online` : "Connecting…"}</span>
      <AvatarStack max={4} />
      <button type="button" title={`Signed in as ${user.name}`} onClick={signOut}>
        Sign out
      </button>
    </header>
  );
}
