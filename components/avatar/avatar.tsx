"use client";

import { useState, type CSSProperties } from "react";
import type { Profile } from "../../core/shared/terms";
import { StatusDot } from "../status/status-dot";
import type { DotStatus } from "../status/status-words";
import { hueOf, initials } from "./face";

/** What `Avatar` takes. */
export interface AvatarProps {
  readonly profile: Profile;
  /** Pixels. */
  readonly size?: number;
  /** Adds the dot. It is decoration: say the status in words beside it. */
  readonly status?: DotStatus | undefined;
}

/** A face: the picture, or initials on the person's own pale hue. Decoration; the name belongs beside it. */
export function Avatar({ profile, size = 32, status }: AvatarProps) {
  const [brokenPicture, setBrokenPicture] = useState<string | null>(null);
  const { id, name, picture } = profile;
  const style = { "--rollcall-avatar-size": `${size}px`, "--rollcall-hue": hueOf(id) } as CSSProperties;
  return (
    <span className="rollcall-avatar" style={style} aria-hidden>
      <span className="rollcall-avatar-face">
        {picture !== null && picture !== brokenPicture ? (
          // Pictures come from anywhere; the app's image service serves known hosts alone.
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
