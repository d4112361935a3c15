"use client";

import type { ReactNode } from "react";
import type { UserView } from "../../core/shared/terms";
import { Avatar } from "../avatar/avatar";
import { Name } from "../avatar/name";
import { StatusMessage } from "../status/status-message";
import { dotOf, statusWord } from "../status/status-words";
import { LastSeen } from "../time/last-seen";

interface PersonProps {
  readonly user: UserView;
  readonly self: boolean;
  readonly renderAction?: ((user: UserView) => ReactNode) | undefined;
}

/** One person in a list of people: face, status, name and message, and when they were last seen if they are not here. */
export function Person({ user, self, renderAction }: PersonProps) {
  return (
    <li className="rollcall-person" data-user={user.id} data-status={user.status} data-dnd={user.dnd}>
      <Avatar profile={user} size={28} status={dotOf(user)} />
      <span className="rollcall-person-words">
        <span className="rollcall-person-name">
          <Name user={user} />
          {self && <span> (you)</span>}
          {user.dnd && <span className="rollcall-sr-only"> {statusWord("dnd").toLowerCase()}</span>}
        </span>
        {user.message && <StatusMessage message={user.message} />}
      </span>
      {!self && renderAction?.(user)}
      {user.lastSeenAt !== null && (
        <span className="rollcall-person-seen">
          <span className="rollcall-sr-only">last seen </span>
          <LastSeen at={user.lastSeenAt} />
        </span>
      )}
    </li>
  );
}
