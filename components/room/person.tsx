"use client";

import { memo, type ReactNode } from "react";
import { useUserPresence } from "../../client/react/react";
import type { User } from "../../core/shared/terms";
import { Avatar } from "../avatar/avatar";
import { Name } from "../avatar/name";
import { StatusMessage } from "../status/status-message";
import { dotOf, statusWord } from "../status/status-words";
import { LastSeen } from "../time/last-seen";

interface PersonProps {
  readonly id: string;
  readonly self: boolean;
  readonly renderAction?: ((user: User) => ReactNode) | undefined;
}

/**
 * A row in a list of users: face, status, name, message, and when an offline user was last seen. Follows its user only.
 */
export const Person = memo(function Person({ id, self, renderAction }: PersonProps) {
  const user = useUserPresence(id);
  if (!user) return null;
  return (
    <li className="rollcall-person" data-user={id} data-status={user.status} data-dnd={user.dnd}>
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
});
