"use client";

import { Bell, BellRing } from "lucide-react";
import { useLookAlike } from "../../client/react/use-look-alike";
import { isolate } from "../../core/shared/text";
import type { User } from "../../core/shared/terms";
import { ICON_BUTTON } from "../ui/classes";
import { isReachable, type Watch } from "./watches";

interface NotifyButtonProps {
  readonly user: User;
  readonly watches: readonly Watch[];
  readonly onToggle: (user: User) => void;
}

/** The button that asks for one notification when a user is online. Renders nothing for a user who is online. */
export function NotifyButton({ user, watches, onToggle }: NotifyButtonProps) {
  const watched = watches.some(({ userId }) => userId === user.id);
  const lookAlike = useLookAlike(user.id);
  if (isReachable(user) && !watched) return null;
  const name = isolate(user.name) + (lookAlike === null ? "" : ` (${lookAlike})`);
  const label = `Notify me when ${name} is online`;
  return (
    <button
      type="button"
      className={`${ICON_BUTTON} size-7 ${watched ? "text-accent" : "rollcall-quiet-action"}`}
      aria-label={label}
      aria-pressed={watched}
      title={watched ? `${label}: waiting, for 12 hours at most` : label}
      onClick={() => onToggle(user)}
    >
      {watched ? <BellRing className="size-3.5" aria-hidden /> : <Bell className="size-3.5" aria-hidden />}
    </button>
  );
}
