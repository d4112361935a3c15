"use client";

import { LogOut } from "lucide-react";
import { signOutAdmin } from "../session/session-api";
import type { SessionRefresh } from "../session/use-session-refresh";
import { ICON_BUTTON } from "../ui/classes";

interface AdminSignOutProps {
  readonly refresh: SessionRefresh;
  /** Called before the cookie is cleared. */
  readonly before?: () => Promise<void>;
}

/** Signs the admin out in all tabs of this browser. */
export function AdminSignOut({ refresh, before }: AdminSignOutProps) {
  async function signOut(): Promise<void> {
    await before?.();
    await signOutAdmin();
    refresh.here();
    refresh.elsewhere();
  }

  return (
    <button
      type="button"
      className={ICON_BUTTON}
      aria-label="Sign out"
      title="Sign out"
      onClick={() => void signOut()}
    >
      <LogOut className="size-4" aria-hidden />
    </button>
  );
}
