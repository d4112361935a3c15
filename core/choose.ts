import { sameChoices, withChoices, type SomeChoices } from "./choices";
import { refresh, type Changes, type Room } from "./room";
import type { User } from "./status";

/** A user chooses, on any of their connections, for all of them. What is left out stays as it is. */
export interface ChooseEvent {
  readonly type: "choose";
  readonly connectionId: string;
  readonly choices: SomeChoices;
}

/** Takes what a user chose (ST3, ST4, PR2, PR3). Who only observes has nothing to choose for. */
export function choose(
  room: Room,
  { connectionId, choices }: ChooseEvent,
  now: number,
  changes: Changes,
): void {
  const connection = room.connections.get(connectionId);
  if (!connection || connection.observer) return;
  const user = room.users.get(connection.userId);
  if (!user) return;
  const before = user.choices;
  const chosen = withChoices(before, choices);
  // It may have been chosen long ago, by a page that was cut off.
  const message = isOver(chosen.message, now) ? null : chosen.message;
  const after = { ...chosen, message };
  if (sameChoices(before, after)) return;
  user.choices = after;
  if (after.availability !== before.availability) user.choseAt = now;
  changes.chosen.add(user.profile.id);
  refresh(room, user, now, changes);
}

/** Clears a user's message when its time is up (ST4). */
export function expireMessage(user: User, now: number, changes: Changes): void {
  if (!isOver(user.choices.message, now)) return;
  user.choices = { ...user.choices, message: null };
  changes.users.add(user.profile.id);
  changes.chosen.add(user.profile.id);
}

/** Clears what has expired in a room that had nobody in it, and so no alarm (HB4, ST4). */
export function expireMessages(room: Room, now: number, changes: Changes): void {
  for (const user of room.users.values()) expireMessage(user, now, changes);
}

function isOver(message: User["choices"]["message"], now: number): boolean {
  return message !== null && message.untilAt !== null && now >= message.untilAt;
}
