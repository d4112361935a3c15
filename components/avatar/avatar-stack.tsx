"use client";

import { useMemo, useSyncExternalStore, type CSSProperties } from "react";
import { useConnectionStatus, usePresenceClient } from "../../client/react/react";
import { useUserGroups } from "../../client/react/use-user-groups";
import { isolate } from "../../core/shared/text";
import type { Profile } from "../../core/shared/terms";
import { Avatar } from "./avatar";

/** The props of `AvatarStack`. */
export interface AvatarStackProps {
  /** The most faces before the rest becomes a number; 5 by default. */
  readonly max?: number;
  /** A face's width in pixels; 26 by default. */
  readonly size?: number;
  /** The group's label for screen readers; «Online» by default. */
  readonly label?: string;
}

/**
 * Who is online in the provider's room, as a stack of faces for a header: the first few by name, and how many more
 * there are. Renders nothing when nobody is online or the roster is stale (SY6).
 * @throws {Error} outside a provider.
 */
export function AvatarStack({ max = 5, size = 26, label = "Online" }: AvatarStackProps) {
  const { stale, mode } = useConnectionStatus();
  const { people, total } = useOnline(Math.max(max, NAMED) + 1);
  if (stale) return null;
  // Of a large room the client has only a page of people, which a search changes (VW2).
  const known = mode === "pages" ? [] : people;
  return <FaceStack people={known} total={total} max={max} size={size} label={label} />;
}

/** How many people are online, and the first of them. Renders again only when one of these differs. */
function useOnline(most: number): { people: readonly Profile[]; total: number } {
  const client = usePresenceClient();
  const { online } = useUserGroups();
  const read = (): string => {
    const people = online.slice(0, most).flatMap((id): Profile | [] => {
      const user = client.getUser(id);
      return user ? { id, name: user.name, picture: user.picture } : [];
    });
    return JSON.stringify({ people, total: client.getSnapshot().counts.online });
  };
  const text = useSyncExternalStore(client.subscribe, read, read);
  return useMemo(() => JSON.parse(text), [text]);
}

/** How many people the label names before it counts the rest. */
const NAMED = 5;

interface FaceStackProps extends Required<AvatarStackProps> {
  readonly people: readonly Profile[];
  /** How many people there are in all. `people` may be some of them. */
  readonly total: number;
}

/** A stack of these people's faces. */
export function FaceStack({ people, total, max, size, label }: FaceStackProps) {
  if (total === 0) return null;
  // A number for one hidden face would need the space of that face.
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
          {shown.length > 0 && "+"}
          {inShort(more)}
        </span>
      )}
    </span>
  );
}

/** «999», «1.8k», «12k». */
function inShort(count: number): string {
  if (count < 1_000) return String(count);
  return `${count < 10_000 ? Math.floor(count / 100) / 10 : Math.floor(count / 1_000)}k`;
}

/** «Ada, Grace, Linus and 9 others». */
function nameSome(people: readonly Pick<Profile, "name">[], total: number): string {
  const named = total === NAMED + 1 ? people : people.slice(0, NAMED);
  const names = named.map(({ name }) => isolate(name));
  const others = total - named.length;
  if (names.length === 0) return `${total} people`;
  if (others > 0) return `${names.join(", ")} and ${others} others`;
  const last = names.pop() ?? "";
  return names.length > 0 ? `${names.join(", ")} and ${last}` : last;
}
