import type { CSSProperties } from "react";
import type { Profile } from "../../core/terms";
import { Avatar } from "./avatar";

interface AvatarStackProps {
  readonly people: readonly Profile[];
  /** How many there are in all, where `people` are some of them. */
  readonly total?: number;
  /** Faces shown before the rest becomes a number. */
  readonly max?: number;
  readonly size?: number;
  /** What the people are, such as «Online». */
  readonly label: string;
}

/** A stack of faces that sits in any header: the first few, and how many more there are. */
export function AvatarStack({ people, total = people.length, max = 5, size = 26, label }: AvatarStackProps) {
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
  const names = named.map(({ name }) => name);
  const others = total - named.length;
  if (others > 0) return `${names.join(", ")} and ${others} others`;
  const last = names.pop() ?? "";
  return names.length > 0 ? `${names.join(", ")} and ${last}` : last;
}
