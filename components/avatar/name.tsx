"use client";

import { useLookAlike } from "../../client/react/use-look-alike";
import { visibleId } from "../../core/shared/names";
import type { Profile } from "../../core/shared/terms";

interface NameProps {
  readonly user: Pick<Profile, "id" | "name">;
}

/**
 * A person's name where people are listed: isolated, so that it moves nothing around it, and with their id beside it when
 * somebody else in the room has a name that looks alike (NM1).
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
