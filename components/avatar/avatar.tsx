"use client";

import { useState, type CSSProperties } from "react";
import type { Profile } from "../../core/shared/terms";
import { StatusDot } from "../status/status-dot";
import type { DotStatus } from "../status/status-words";
import { hueOf, initials } from "./face";

/** The props of `Avatar`. */
export interface AvatarProps {
  readonly profile: Profile;
  /** The size in pixels. */
  readonly size?: number;
  /** Adds a status dot, hidden from screen readers. Show the status as text beside it. */
  readonly status?: DotStatus | undefined;
}

/** A user's picture, or the initials on a pale hue. Hidden from screen readers: show the name beside it. */
export function Avatar({ profile, size = 32, status }: AvatarProps) {
  const [brokenPicture, setBrokenPicture] = useState<string | null>(null);
  const { id, name, picture } = profile;
  const style = { "--rollcall-avatar-size": `${size}px`, "--rollcall-hue": hueOf(id) } as CSSProperties;
  return (
    <span className="rollcall-avatar" style={style} aria-hidden>
      <span className="rollcall-avatar-face">
        {picture !== null && picture !== brokenPicture ? (
          // Pictures come from any host. Next's image service serves only known hosts.
          // oxlint-disable-next-line nextjs/no-img-element
          <img
            src={picture}
            alt=""
            loading="lazy"
            decoding="async"
            referrerPolicy="no-referrer"
            onError={() => setBrokenPicture(picture)}
          />
        ) : (
          initials(name)
        )}
      </span>
      {status && (
        <span className="rollcall-avatar-status">
          <StatusDot status={status} decorative />
        </span>
      )}
    </span>
  );
}
