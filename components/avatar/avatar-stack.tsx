"use client";

import { useMemo, type CSSProperties } from "react";
import { usePresence } from "../../client/react/react";
import { isolate } from "../../core/shared/text";
import type { Profile } from "../../core/shared/terms";
import { Avatar } from "./avatar";

/** What `AvatarStack` takes. */
export interface AvatarStackProps {
  /** Faces shown before the rest becomes a number; 5 unless given. */
  readonly max?: number;
  /** A face's width in pixels; 26 unless given. */
  readonly size?: number;
  /** What the people are, for screen readers; «Online» unless given. */
  readonly label?: string;
}

/**
 * Who is online in the provider's room, as a stack of faces that sits in any header: the first few, and how many
 * more there are. Nothing while nobody is, and while cut off, when nobody knows (SY6).
 * @throws {Error} outside a provider.
 */
export function AvatarStack({ max = 5, size = 26, label = "Online" }: AvatarStackProps) {
  const { users, counts, stale } = usePresence();
  const online = useMemo(() => users.filter(({ status }) => status === "online"), [users]);
  if (stale) return null;
  return <FaceStack people={online} total={counts.online} max={max} size={size} label={label} />;
}

interface FaceStackProps extends Required<AvatarStackProps> {
  readonly people: readonly Profile[];
  /** How many there are in all, of whom `people` may be some. */
  readonly total: number;
}

/** A stack of these faces, whosever they are. */
export function FaceStack({ people, total, max, size, label }: FaceStackProps) {
  if (people.length === 0) return null;
  // A number that stands for one face would take that face's place.
  const shown = total === max + 1 ? people : people.slice(0, max);
  const more = total - shown.length;
  return (
    <span
      className="rollcall-avatar-stack"
      style={{ "--rollcall-avatar-size": `${size}px` } as CSSProperties}
      role="img"
      aria-label={`${label}: ${nameSome(people, total)}`}
    >
      {shown.map((profile) => (
        <Avatar key={profile.id} profile={profile} size={size} />
      ))}
      {more > 0 && (
        <span className="rollcall-avatar-more" aria-hidden>
          +{more < 1_000 ? more : "999"}
        </span>
      )}
    </span>
  );
}

/** «Ada, Grace, Linus and 9 others». */
function nameSome(people: readonly Pick<Profile, "name">[], total: number, most = 5): string {
  const named = total === most + 1 ? people : people.slice(0, most);
  const names = named.map(({ name }) => isolate(name));
  const others = total - named.length;
  if (others > 0) return `${names.join(", ")} and ${others} others`;
  const last = names.pop() ?? "";
  return names.length > 0 ? `${names.join(", ")} and ${last}` : last;
}
