"use client";

import { useLookAlike } from "../../client/react/use-look-alike";
import { visibleId } from "../../core/shared/names";
import type { Profile } from "../../core/shared/terms";

interface NameProps {
  readonly user: Pick<Profile, "id" | "name">;
}

/**
 * A user's name in a list. It is isolated, so that its text direction does not affect its neighbours. If another name
 * in the room looks alike, the id is shown beside it (NM1).
 */
export function Name({ user: { id, name } }: NameProps) {
  const label = useLookAlike(id);
  if (label === null) return <bdi>{name}</bdi>;
  return (
    <span className="rollcall-name">
      <bdi>{name}</bdi> <code title={visibleId(id)}>{label}</code>
    </span>
  );
}
