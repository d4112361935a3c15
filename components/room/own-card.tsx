"use client";

import { LogOut, Pencil } from "lucide-react";
import { useState } from "react";
import type { OwnPresenceControls } from "../../client/react/react";
import type { Profile } from "../../core/shared/terms";
import { Avatar } from "../avatar/avatar";
import { dotOf } from "../status/status-words";
import { ICON_BUTTON, SECONDARY_BUTTON } from "../ui/classes";
import { RenameForm } from "./rename-form";
import { StatusMenu } from "./status-menu";

interface OwnCardProps {
  /** The most characters of a new name (SE4). Left out for users who cannot rename themselves. */
  readonly nameLength?: number;
  /** The most characters of a status message (SE4). */
  readonly statusLength: number;
  /** The signed-in user, shown until the first sync. */
  readonly profile: Profile;
  /** The user as the room has them, and their choices. */
  readonly own: OwnPresenceControls;
  /** The server's time (SY5). */
  readonly now: () => number;
  readonly stale: boolean;
  readonly onLeave: () => Promise<void>;
}

/** The user's own presence: their name, what others see, and the button to leave. */
export function OwnCard({ nameLength, statusLength, profile, own, now, stale, onLeave }: OwnCardProps) {
  const self = own.user;
  const [renaming, setRenaming] = useState(false);
  const [leaving, setLeaving] = useState(false);

  function leave(): void {
    setLeaving(true);
    void onLeave();
  }

  return (
    <section aria-label="You" className="rounded-xl border border-line bg-surface p-4">
      <div className="flex items-center gap-4">
        <Avatar profile={self ?? profile} size={44} status={stale || !self ? undefined : dotOf(self)} />
        {renaming && nameLength !== undefined ? (
          <RenameForm name={profile.name} nameLength={nameLength} onDone={() => setRenaming(false)} />
        ) : (
          <>
            <div className="min-w-0 flex-1">
              <p className="flex items-center gap-0.5">
                <span className="truncate text-base font-semibold tracking-tight">
                  <bdi>{self?.name ?? profile.name}</bdi>
                </span>
                {nameLength !== undefined && (
                  <button
                    type="button"
                    className={`${ICON_BUTTON} size-7`}
                    aria-label="Change your name"
                    onClick={() => setRenaming(true)}
                  >
                    <Pencil className="size-3.5" aria-hidden />
                  </button>
                )}
              </p>
              <p className="text-[13px] text-muted">{seenAs(own, stale)}</p>
            </div>
            <button type="button" className={SECONDARY_BUTTON} disabled={leaving} onClick={leave}>
              <LogOut className="size-3.5" aria-hidden />
              {leaving ? "Leaving…" : "Leave"}
            </button>
          </>
        )}
      </div>
      <div className="mt-4">
        <StatusMenu own={own} statusLength={statusLength} now={now} />
      </div>
    </section>
  );
}

function seenAs({ user, availability, pending }: OwnPresenceControls, stale: boolean): string {
  if (stale && pending) return "You are not connected: your choice is sent when you are back.";
  if (stale) return "You are not connected: the others may soon see you as offline.";
  if (!user) return "Entering the room…";
  if (availability === "invisible") return "You are invisible: the others see you as offline.";
  return `The others see you as ${user.status}${user.dnd ? ", and not to be disturbed" : ""}.`;
}
