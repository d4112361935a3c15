"use client";

import type { ReactNode } from "react";
import type { UserView } from "../../core/terms";
import { Avatar } from "../avatar/avatar";
import { LastSeen } from "../time/last-seen";

interface PersonProps {
  readonly user: UserView;
  readonly self: boolean;
  readonly renderAction?: ((user: UserView) => ReactNode) | undefined;
}

/** One person in a list of people: face, status, name, and when they were last seen if they are not here. */
export function Person({ user, self, renderAction }: PersonProps) {
  return (
    <li className="rollcall-person" data-user={user.id} data-status={user.status}>
      <Avatar profile={user} size={28} status={user.status} />
      <span className="rollcall-person-name">
        {user.name}
        {self && <span> (you)</span>}
      </span>
      {user.lastSeenAt !== null && (
        <span className="rollcall-person-seen">
          <span className="rollcall-sr-only">last seen </span>
          <LastSeen at={user.lastSeenAt} />
        </span>
      )}
      {!self && renderAction?.(user)}
    </li>
  );
}
